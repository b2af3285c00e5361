"""HorizontalPodAutoscalers. The API server judges one of autoscaling/v1 as the autoscaling/v2 that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.amounts import amount
from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import (
    Errors,
    each_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)
from tutor.kube.schema.validation.metadata import changed_metadata, new_metadata

Object = Mapping[str, Any]

METRIC_TYPES = ("ContainerResource", "External", "Object", "Pods", "Resource")
TARGET_TYPES = ("Utilization", "Value", "AverageValue")
_FIELDS = {name: name[0].lower() + name[1:] for name in METRIC_TYPES}
_SPEC: Path = ("spec",)


def new_autoscaler(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain)
    yield from _spec(obj.get("spec") or {})


def changed_autoscaler(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from _spec(obj.get("spec") or {})


def _spec(spec: Object) -> Errors:
    least, most = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if least is not None and least < 1:
        yield invalid((*_SPEC, "minReplicas"), least, "must be greater than or equal to 1")
    if most < 1:
        yield invalid((*_SPEC, "maxReplicas"), most, "must be greater than 0")
    if least is not None and most < least:
        yield invalid((*_SPEC, "maxReplicas"), most, "must be greater than or equal to `minReplicas`")
    yield from _reference(spec.get("scaleTargetRef") or {}, (*_SPEC, "scaleTargetRef"))
    metrics = spec.get("metrics") or []
    percent = spec.get("targetCPUUtilizationPercentage")
    if percent is not None and percent < 1:
        at = (*_SPEC, "metrics", 0, "resource", "target", "averageUtilization")
        yield invalid(at, percent, "must be greater than 0")
    for index, metric in enumerate(metrics):
        yield from _metric(metric, (*_SPEC, "metrics", index))
    if least == 0 and not {metric.get("type") for metric in metrics} & {"Object", "External"}:
        detail = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield forbidden((*_SPEC, "metrics"), detail)
    for name in ("scaleUp", "scaleDown"):
        if (rules := (spec.get("behavior") or {}).get(name)) is not None:
            yield from _rules(rules, (*_SPEC, "behavior", name))


def _reference(reference: Object, at: Path, *, group_needed: bool = True) -> Errors:
    for field in ("kind", "name"):
        if value := reference.get(field):
            yield from each_invalid((*at, field), value, texts.path_segment(value))
        else:
            yield required((*at, field))
    version = reference.get("apiVersion", "")
    if version.count("/") > 1:
        yield invalid((*at, "apiVersion"), version, f"unexpected GroupVersion string: {version}")
    elif group_needed and (not version.partition("/")[1] or version.startswith("/")):
        yield invalid((*at, "apiVersion"), version, "apiVersion must specify API group")


def _metric(metric: Object, at: Path) -> Errors:
    kind = metric.get("type", "")
    if not kind:
        yield required((*at, "type"), "must specify a metric source type")
    if kind not in METRIC_TYPES:
        yield not_supported((*at, "type"), kind, METRIC_TYPES)
    given = [name for name in ("object", "external", "pods", "resource", "containerResource") if metric.get(name)]
    for name in given[:1]:
        yield from _source(name, metric[name], (*at, name))
    expected = _FIELDS.get(kind, "")
    if not expected:
        yield not_supported((*at, "type"), kind, METRIC_TYPES)
    elif metric.get(expected) is None:
        yield required((*at, expected), "must populate information for the given metric source")
    if len(given) != 1:
        for name in sorted(set(given) - {expected}):
            yield forbidden((*at, name), "must populate the given metric source only")


def _source(name: str, source: Object, at: Path) -> Errors:
    target, here = source.get("target") or {}, (*at, "target")
    if name in ("resource", "containerResource"):
        if not source.get("name"):
            yield required((*at, "name"), "must specify a resource name")
        if name == "containerResource" and not source.get("container"):
            yield required((*at, "container"), "must specify a container")
        elif name == "containerResource":
            yield from each_invalid((*at, "container"), source["container"], texts.dns_label(source["container"]))
        yield from _target(target, here)
        has_both = target.get("averageUtilization") is not None, target.get("averageValue") is not None
        if not any(has_both):
            detail = "must set either a target raw value or a target utilization"
            yield required((*here, "averageUtilization"), detail)
        elif all(has_both):
            detail = "may not set both a target raw value and a target utilization"
            yield forbidden((*here, "averageValue"), detail)
        return
    if name == "object":
        yield from _reference(source.get("describedObject") or {}, (*at, "describedObject"), group_needed=False)
    metric = (source.get("metric") or {}).get("name", "")
    if metric:
        yield from each_invalid((*at, "metric", "name"), metric, texts.path_segment(metric))
    else:
        yield required((*at, "metric", "name"), "must specify a metric name")
    yield from _target(target, here)
    value, average = target.get("value"), target.get("averageValue")
    if name == "pods" and average is None:
        yield required((*here, "averageValue"), "must specify a positive target averageValue")
    elif name == "object" and value is None and average is None:
        yield required((*here, "averageValue"), "must set either a target value or averageValue")
    elif name == "external" and value is None and average is None:
        yield required((*here, "averageValue"), "must set either a target value for metric or a per-pod target")
    elif name == "external" and value is not None and average is not None:
        yield forbidden((*here, "value"), "may not set both a target value for metric and a per-pod target")


def _target(target: Object, at: Path) -> Errors:
    kind = target.get("type", "")
    if not kind:
        yield required((*at, "type"), "must specify a metric target type")
    if kind not in TARGET_TYPES:
        yield invalid((*at, "type"), kind, "must be either Utilization, Value, or AverageValue")
    for field in ("value", "averageValue"):
        if (value := target.get(field)) is not None and amount(value) <= 0:
            yield invalid((*at, field), str(value), "must be positive")
    percent = target.get("averageUtilization")
    if percent is not None and percent < 1:
        yield invalid((*at, "averageUtilization"), percent, "must be greater than 0")


def _rules(rules: Object, at: Path) -> Errors:
    window = rules.get("stabilizationWindowSeconds")
    if window is not None and window < 0:
        yield invalid((*at, "stabilizationWindowSeconds"), window, "must be greater than or equal to zero")
    if window is not None and window > 3600:
        yield invalid((*at, "stabilizationWindowSeconds"), window, "must be less than or equal to 3600")
    select = rules.get("selectPolicy")
    if select is not None and select not in ("Disabled", "Max", "Min"):
        yield not_supported((*at, "selectPolicy"), select, ("Disabled", "Max", "Min"))
    if not rules.get("policies"):
        yield required((*at, "policies"), "must specify at least one Policy")
    for index, policy in enumerate(rules.get("policies") or []):
        here = (*at, "policies", index)
        if policy.get("type", "") not in ("Percent", "Pods"):
            yield not_supported((*here, "type"), policy.get("type", ""), ("Percent", "Pods"))
        for field in ("value", "periodSeconds"):
            if policy.get(field, 0) <= 0:
                yield invalid((*here, field), policy.get(field, 0), "must be greater than zero")
        if policy.get("periodSeconds", 0) > 1800:
            yield invalid((*here, "periodSeconds"), policy["periodSeconds"], "must be less than or equal to 1800")
