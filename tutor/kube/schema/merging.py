"""What strategic merge patches and server-side apply need to know of a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.kube.schema import types
from tutor.kube.schema.path import Path

Shape = Literal["object", "list", "map", "scalar", "any"]


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """The value at a path: its shape, and the rules of the field that holds it."""

    shape: Shape
    """"object" has fields of its own, "map" any keys; "any" is not looked into (fieldsV1)."""
    type: str
    """The expression, see `types`."""
    merge_key: str = ""
    strategies: tuple[str, ...] = ()
    """Of "merge" and "retainKeys"."""
    list_type: Literal["map", "set", "atomic"] = "atomic"
    map_keys: tuple[str, ...] = ()
    key_defaults: tuple[tuple[str, str | int], ...] = ()
    """Of the map keys: what an entry that leaves one out means (a port's protocol is TCP)."""
    atomic: bool = False
    """An object or map that server-side apply owns as a whole."""

    @property
    def merges(self) -> bool:
        """Whether strategic merge merges this list entry by entry."""
        return "merge" in self.strategies

    def child(self, part: str | int) -> FieldSchema | None:
        """The schema of a field, an entry or a map's value; None for a field that is not known."""
        return _child(self, part)


def kind_schema(api_version: str, kind: str) -> FieldSchema | None:
    """The schema of a whole object; None for a kind that is not known here."""
    name = types.kind_type(api_version, kind)
    return None if name is None else _of_expression(f"@{name}")


def field_schema(api_version: str, kind: str, path: Path) -> FieldSchema | None:
    """The schema of the value at a path: ("spec", "containers", 0, "ports"); None where it is not known."""
    found = kind_schema(api_version, kind)
    for part in path:
        if found is None:
            return None
        found = found.child(part)
    return found


def _child(schema: FieldSchema, part: str | int) -> FieldSchema | None:
    if schema.shape == "any":
        return schema
    if schema.shape in ("list", "map"):
        return _of_expression(schema.type[1:])
    if schema.shape == "scalar":
        return None
    field = types.fields(schema.type[1:]).get(str(part))
    return None if field is None else _of_field(field)


def _of_expression(expression: str) -> FieldSchema:
    return _of_field(types.Field("", expression))


def _of_field(field: types.Field) -> FieldSchema:
    expression = field.type
    shape: Shape = "scalar"
    if expression[0] in _SHAPES:
        shape = _SHAPES[expression[0]]
    elif expression == "any":
        shape = "any"
    atomic = field.map_type == "atomic" or (shape == "object" and types.is_atomic(expression[1:]))
    defaults: list[tuple[str, str | int]] = []
    if field.map_keys:
        entry = types.fields(expression[2:])
        defaults = [(key, default) for key in field.map_keys if (default := entry[key].default) is not None]
    return FieldSchema(
        shape,
        expression,
        field.merge_key,
        tuple(field.strategy.split(",")) if field.strategy else (),
        _LIST_TYPES.get(field.list_type, "atomic"),
        field.map_keys,
        tuple(defaults),
        atomic,
    )


_SHAPES: dict[str, Shape] = {"@": "object", "[": "list", "{": "map"}
_LIST_TYPES: dict[str, Literal["map", "set", "atomic"]] = {"map": "map", "set": "set", "atomic": "atomic"}
