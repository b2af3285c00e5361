"""The keys of an object in the order in which Go writes them: the fields' own, the keys of maps by name."""

from __future__ import annotations

from typing import Any

from tutor.practice.protobuf import table
from tutor.practice.protobuf.table import Field

Object = dict[str, Any]


def in_go_order(obj: Object) -> Object:
    """A new object; one of an unknown kind as it is. Fields that the kind does not have come last."""
    name = table.message_of_kind(str(obj.get("apiVersion", "")), str(obj.get("kind", "")))
    if name is None:
        return obj
    head: Object = {key: obj[key] for key in ("kind", "apiVersion") if key in obj}
    return {**head, **_ordered(obj, name)}


def _ordered(value: Object, name: str) -> Object:
    result: Object = {}
    for field in table.message(name).values():
        if field.inline:
            known = table.message(field.type).values()
            result |= _ordered({one.name: value[one.name] for one in known if one.name in value}, field.type)
        elif field.name in value:
            result[field.name] = _inside(value[field.name], field)
    for key, rest in value.items():
        result.setdefault(key, rest)
    return result


def _inside(value: Any, field: Field) -> Any:
    if field.is_map and isinstance(value, dict):
        return {key: value[key] for key in sorted(value)}
    if not table.is_message(field.type):
        return value
    if isinstance(value, list):
        return [_ordered(entry, field.type) if isinstance(entry, dict) else entry for entry in value]
    return _ordered(value, field.type) if isinstance(value, dict) else value
