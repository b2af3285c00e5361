"""Where pods may run: tolerations, affinity, topology."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import (
    Errors,
    duplicate,
    each_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)
from tutor.kube.schema.validation.metadata import label_key
from tutor.kube.schema.validation.selectors import label_selector

Object = Mapping[str, Any]

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def tolerations(found: list[Object] | None, at: Path) -> Errors:
    for index, toleration in enumerate(found or []):
        here = (*at, index)
        key, operator = toleration.get("key", ""), toleration.get("operator", "")
        value, effect = toleration.get("value", ""), toleration.get("effect", "")
        if key:
            yield from label_key(key, (*here, "key"))
        elif operator != "Exists":
            detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield invalid((*here, "operator"), operator, detail)
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            yield invalid((*here, "effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
        if operator in ("Equal", ""):
            if details := texts.label_value(value):
                yield invalid((*here, "operator"), value, ";".join(details))
        elif operator == "Exists":
            if value:
                yield invalid((*here, "operator"), value, "value must be empty when `operator` is 'Exists'")
        else:
            yield not_supported((*here, "operator"), operator, ("Equal", "Exists"))
        if effect and effect not in _EFFECTS:
            yield not_supported((*here, "effect"), effect, _EFFECTS)


def affinity(found: Object | None, at: Path) -> Errors:
    if found is None:
        return
    if (node := found.get("nodeAffinity")) is not None:
        yield from _node_affinity(node, (*at, "nodeAffinity"))
    for name in ("podAffinity", "podAntiAffinity"):
        if (pods := found.get(name)) is not None:
            here = (*at, name)
            for index, term in enumerate(pods.get(_REQUIRED) or []):
                yield from _pod_term(term, (*here, _REQUIRED, index))
            for index, weighted in enumerate(pods.get(_PREFERRED) or []):
                yield from _weight(weighted, (*here, _PREFERRED, index))
                term = weighted.get("podAffinityTerm") or {}
                yield from _pod_term(term, (*here, _PREFERRED, index, "podAffinityTerm"))


def _weight(weighted: Object, at: Path) -> Errors:
    if not 1 <= weighted.get("weight", 0) <= 100:
        yield invalid((*at, "weight"), weighted.get("weight", 0), "must be in the range 1-100")


def _pod_term(term: Object, at: Path) -> Errors:
    yield from label_selector(term.get("labelSelector"), (*at, "labelSelector"))
    yield from label_selector(term.get("namespaceSelector"), (*at, "namespaceSelector"))
    for name in term.get("namespaces") or []:
        # The API server calls the field so here.
        yield from each_invalid((*at, "namespace"), name, texts.dns_label(name))
    key = term.get("topologyKey", "")
    if not key:
        yield required((*at, "topologyKey"), "can not be empty")
    yield from label_key(key, (*at, "topologyKey"))


def _node_affinity(found: Object, at: Path) -> Errors:
    if (must := found.get(_REQUIRED)) is not None:
        here = (*at, _REQUIRED, "nodeSelectorTerms")
        terms = must.get("nodeSelectorTerms") or []
        if not terms:
            yield required(here, "must have at least one node selector term")
        for index, term in enumerate(terms):
            yield from _node_term(term, (*here, index))
    for index, weighted in enumerate(found.get(_PREFERRED) or []):
        yield from _weight(weighted, (*at, _PREFERRED, index))
        yield from _node_term(weighted.get("preference") or {}, (*at, _PREFERRED, index, "preference"))


def _node_term(term: Object, at: Path) -> Errors:
    for index, expression in enumerate(term.get("matchExpressions") or []):
        here = (*at, "matchExpressions", index)
        operator, values = expression.get("operator", ""), expression.get("values") or []
        if operator in ("In", "NotIn"):
            if not values:
                yield required((*here, "values"), "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                yield forbidden((*here, "values"), detail)
        elif operator in ("Gt", "Lt"):
            if len(values) != 1:
                yield required((*here, "values"), "must be specified single value when `operator` is 'Lt' or 'Gt'")
        else:
            yield invalid((*here, "operator"), operator, "not a valid selector operator")
        yield from label_key(str(expression.get("key", "")), (*here, "key"))


def topology_spread(found: list[Object] | None, at: Path) -> Errors:
    actions = ("DoNotSchedule", "ScheduleAnyway")
    for index, constraint in enumerate(found or []):
        here = (*at, index)
        skew, key = constraint.get("maxSkew", 0), constraint.get("topologyKey", "")
        action = constraint.get("whenUnsatisfiable", "")
        if skew <= 0:
            yield invalid((*here, "maxSkew"), skew, "must be greater than zero")
        if not key:
            yield required((*here, "topologyKey"), "can not be empty")
        if action not in actions:
            yield not_supported((*here, "whenUnsatisfiable"), action, actions)
        for other in (found or [])[index + 1 :]:
            if (other.get("topologyKey", ""), other.get("whenUnsatisfiable", "")) == (key, action):
                yield duplicate((*here, "{topologyKey, whenUnsatisfiable}"), f"{{{key}, {action}}}")
                break
        if (domains := constraint.get("minDomains")) is not None:
            if domains <= 0:
                yield invalid((*here, "minDomains"), domains, "must be greater than zero")
            if action != "DoNotSchedule":
                detail = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
                yield invalid((*here, "minDomains"), domains, detail)
        for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            if (policy := constraint.get(field)) is not None and policy not in ("Honor", "Ignore"):
                yield not_supported((*here, field), policy, ("Honor", "Ignore"))
        yield from label_selector(constraint.get("labelSelector"), (*here, "labelSelector"))
