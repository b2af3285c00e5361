"""Deployments and ReplicaSets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.labels import matches
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
from tutor.kube.schema.validation.metadata import changed_metadata, immutable, new_metadata, non_negative
from tutor.kube.schema.validation.pods import pod_template
from tutor.kube.schema.validation.selectors import is_usable, label_selector, selector_value

Object = Mapping[str, Any]

_SPEC: Path = ("spec",)


def new_deployment(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain)
    yield from _deployment_spec(obj.get("spec") or {})


def changed_deployment(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from _deployment_spec(obj.get("spec") or {})
    yield from _same_selector(obj, old)


def new_replica_set(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain)
    yield from _replica_set_spec(obj.get("spec") or {})


def changed_replica_set(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from _replica_set_spec(obj.get("spec") or {})
    yield from _same_selector(obj, old)


def _same_selector(obj: Object, old: Object) -> Errors:
    new, before = ((one.get("spec") or {}).get("selector") for one in (obj, old))
    if new != before:
        yield from immutable(None if new is None else selector_value(new), before, (*_SPEC, "selector"))


def _deployment_spec(spec: Object) -> Errors:
    yield from non_negative(spec, "replicas", _SPEC)
    yield from _selector_and_template(spec)
    yield from _strategy(spec.get("strategy") or {}, (*_SPEC, "strategy"))
    for field in ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        yield from non_negative(spec, field, _SPEC)
    deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds", 0)
    if deadline is not None and deadline <= ready:
        yield invalid((*_SPEC, "progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds")


def _replica_set_spec(spec: Object) -> Errors:
    for field in ("replicas", "minReadySeconds"):
        yield from non_negative(spec, field, _SPEC)
    yield from _selector_and_template(spec)


def _selector_and_template(spec: Object) -> Errors:
    selector, at = spec.get("selector"), (*_SPEC, "selector")
    if selector is None:
        yield required(at)
    else:
        yield from label_selector(selector, at)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            yield invalid(at, selector_value(selector), "empty selector is invalid for deployment")
    if not is_usable(selector):
        yield invalid(at, selector_value(selector or {}), "invalid label selector")
        return
    template, here = spec.get("template") or {}, (*_SPEC, "template")
    found = (template.get("metadata") or {}).get("labels")
    if not matches(selector, found or {}):
        shown = None if found is None else dict(sorted(found.items()))
        yield invalid((*here, "metadata", "labels"), shown, "`selector` does not match template `labels`")
    yield from pod_template(template, here)
    pod = template.get("spec") or {}
    if pod.get("restartPolicy", "") != "Always":
        yield not_supported((*here, "spec", "restartPolicy"), pod.get("restartPolicy", ""), ("Always",))
    if pod.get("activeDeadlineSeconds") is not None:
        yield forbidden(
            (*here, "spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in ReplicaSet is not Supported"
        )


def _strategy(strategy: Object, at: Path) -> Errors:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            yield forbidden((*at, "rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'")
    elif kind == "RollingUpdate":
        yield from _rolling_update(rolling or {}, (*at, "rollingUpdate"))
    else:
        # The API server shows its own type of it, whose fields have Go's names.
        shown = {"Type": kind, "RollingUpdate": _rolling_value(rolling)}
        yield not_supported(at, shown, ("Recreate", "RollingUpdate"))


def _rolling_value(rolling: Object | None) -> Any:
    if rolling is None:
        return None
    return {"MaxUnavailable": rolling.get("maxUnavailable", 0), "MaxSurge": rolling.get("maxSurge", 0)}


def _rolling_update(rolling: Object, at: Path) -> Errors:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    yield from _count_or_percent(unavailable, (*at, "maxUnavailable"))
    yield from _count_or_percent(surge, (*at, "maxSurge"))
    if _amount(unavailable) == 0 and _amount(surge) == 0:
        yield invalid((*at, "maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0")
    if isinstance(unavailable, str) and not texts.percent(unavailable) and _amount(unavailable) > 100:
        yield invalid((*at, "maxUnavailable"), unavailable, "must not be greater than 100%")


def _count_or_percent(value: int | str, at: Path) -> Errors:
    if isinstance(value, str):
        yield from each_invalid(at, value, texts.percent(value))
    elif value < 0:
        yield invalid(at, value, "must be greater than or equal to 0")


def _amount(value: int | str) -> int:
    """The number before a percent sign, too; what is neither counts as it is read, as 0."""
    text = str(value)
    if isinstance(value, str) and not texts.percent(value):
        text = value[:-1]
    try:
        return int(text)
    except ValueError:
        return 0
