"""Field selectors: `metadata.name=a,status.phase!=Running`. Only the fields that the API server indexes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.practice.store.errors import BadRequest

_COMMON = {"metadata.name", "metadata.namespace"}
_INVOLVED = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
_FIELDS: Mapping[str, frozenset[str]] = {
    "Pod": frozenset(
        {
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        }
    ),
    "Event": frozenset(
        {*(f"involvedObject.{name}" for name in _INVOLVED), *(f"regarding.{name}" for name in _INVOLVED)}
        | {"reason", "reportingComponent", "reportingController", "source", "type"}
    ),
    "Node": frozenset({"spec.unschedulable"}),
    "Namespace": frozenset({"status.phase"}),
    "ReplicaSet": frozenset({"status.replicas"}),
    "Secret": frozenset({"type"}),
    "Service": frozenset({"spec.clusterIP", "spec.type"}),
}
_TERM = re.compile(r"((?:\\.|[^=!\\])+?)(!=|==|=)((?:\\.|[^\\])*)")


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """(field, whether it must be equal, value): all must hold."""

    terms: tuple[tuple[str, bool, str], ...] = ()

    def matches(self, obj: Mapping[str, Any]) -> bool:
        return all((_value(obj, field) == value) is equal for field, equal, value in self.terms)

    def exact(self, field: str) -> str | None:
        """The value that a field must have."""
        return next((value for name, equal, value in self.terms if equal and name == field), None)

    @classmethod
    def parse(cls, text: str, kind: str) -> FieldSelector:
        """Raises: `BadRequest` for a field that cannot be selected by, or no term at all."""
        terms = []
        for part in re.split(r"(?<!\\),", text):
            if not part:
                continue
            matched = _TERM.fullmatch(part)
            if matched is None:
                raise BadRequest(f"invalid selector: '{text}'; can't understand '{part}'")
            field, operator, value = matched.groups()
            if field not in _COMMON and field not in _FIELDS.get(kind, frozenset()):
                raise BadRequest(_unsupported(kind, field))
            terms.append((field, operator != "!=", re.sub(r"\\(.)", r"\1", value)))
        return cls(tuple(terms))


def _unsupported(kind: str, field: str) -> str:
    if kind in ("Pod", "Event", "Node", "Namespace", "ReplicaSet", "Secret", "Service"):
        return f"field label not supported: {field}"
    return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _value(obj: Mapping[str, Any], field: str) -> str:
    if field == "source":
        return str((obj.get("source") or {}).get("component") or obj.get("reportingComponent") or "")
    if field == "reportingController":
        field = "reportingComponent"
    if field.startswith("regarding."):
        field = "involvedObject." + field.removeprefix("regarding.")
    value: Any = obj
    for key in field.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        return {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.replicas": "0"}.get(field, "")
    return str(value).lower() if isinstance(value, bool) else str(value)
