"""Requests and limits of CPU, memory and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.schema.amounts import amount as size
from tutor.kube.schema.path import Key, Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import (
    Errors,
    each_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)

Object = Mapping[str, Any]
NameRule = Callable[[str, Path], Errors]

_FOR_CONTAINERS = ("cpu", "memory", "ephemeral-storage")
_FOR_PODS = ("cpu", "hugepages-", "memory")
_STANDARD = frozenset(
    (
        *_FOR_CONTAINERS,
        *(f"{part}.{name}" for part in ("requests", "limits") for name in _FOR_CONTAINERS),
        *("pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps"),
        *("persistentvolumeclaims", "storage", "requests.storage", "services.nodeports", "services.loadbalancers"),
    )
)
_HUGE = "hugepages-"


def container_resources(container: Object, at: Path) -> Errors:
    return _requirements(container.get("resources") or {}, _container_resource, (*at, "resources"))


def pod_resources(spec: Object, at: Path) -> Errors:
    resources = spec.get("resources")
    if resources is None:
        return
    here = (*at, "resources")
    if resources.get("claims") is not None:
        yield forbidden((*here, "claims"), "claims may not be set for Resources at pod-level")
    yield from _requirements(resources, _pod_resource, here)


def _requirements(resources: Object, name_rule: NameRule, at: Path) -> Errors:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for name, amount in sorted(limits.items()):
        here = (*at, "limits", Key(name))
        yield from name_rule(name, here)
        yield from _amount(amount, here)
    for name, amount in sorted(requests.items()):
        here = (*at, "requests", Key(name))
        yield from name_rule(name, here)
        yield from _amount(amount, here)
        overcommit = _is_native(name) and not name.startswith(_HUGE)
        if name in limits:
            limit = limits[name]
            if size(amount) != size(limit) and not overcommit:
                yield invalid((*at, "requests"), str(amount), f"must be equal to {name} limit of {limit}")
            elif size(amount) > size(limit):
                yield invalid((*at, "requests"), str(amount), f"must be less than or equal to {name} limit of {limit}")
        elif not overcommit:
            yield required((*at, "limits"), "Limit must be set for non overcommitable resources")
    names = {*limits, *requests}
    if any(name.startswith(_HUGE) for name in names) and not names & {"cpu", "memory"}:
        yield forbidden(at, "HugePages require cpu or memory")


def _amount(amount: str, at: Path) -> Errors:
    if size(amount) < 0:
        yield invalid(at, str(amount), "must be greater than or equal to 0")


def _resource(name: str, at: Path) -> Errors:
    details = texts.qualified_name(name)
    yield from each_invalid(at, name, details)
    if not details and "/" not in name and name not in _STANDARD and not name.startswith(_HUGE):
        yield invalid(at, name, "must be a standard resource type or fully qualified")


def _container_resource(name: str, at: Path) -> Errors:
    yield from _resource(name, at)
    if "/" not in name:
        if name not in _FOR_CONTAINERS and not name.startswith(_HUGE):
            yield invalid(at, name, "must be a standard resource for containers")
    elif not _is_native(name) and (name.startswith("requests.") or texts.qualified_name(f"requests.{name}")):
        yield invalid(at, name, "doesn't follow extended resource name standard")


def _pod_resource(name: str, at: Path) -> Errors:
    wrong = False
    for error in _resource(name, at):
        wrong = True
        yield error
    if not wrong and name not in ("cpu", "memory") and not name.startswith(_HUGE):
        yield not_supported(at, name, _FOR_PODS)


def _is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name
