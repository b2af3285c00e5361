"""An object as Go holds it: structs that are no pointers are always there, and so are fields without "omitempty".

Who owns what is decided on that form: nobody owns `spec` of a new Deployment, for it was never absent.
"""

from __future__ import annotations

from typing import Any

from tutor.practice.protobuf import table
from tutor.practice.protobuf.table import Field

Object = dict[str, Any]

_ZEROS: dict[str, Any] = {"string": "", "int": 0, "bool": False, "float": 0.0, "quantity": "0", "intorstring": 0}


def go_form(obj: Object) -> Object:
    """A new object; one of an unknown kind as it is."""
    name = table.message_of_kind(str(obj.get("apiVersion", "")), str(obj.get("kind", "")))
    return obj if name is None else _filled(obj, name)


def _filled(value: Object, name: str) -> Object:
    result = dict(value)
    for field in table.message(name).values():
        if field.inline:
            result = _filled(result, field.type)
        elif field.name in result:
            result[field.name] = _inside(result[field.name], field)
        elif not field.is_omitted:
            result[field.name] = _zero(field)
    return result


def _inside(value: Any, field: Field) -> Any:
    if not table.is_message(field.type):
        return value
    if field.is_list and isinstance(value, list):
        return [_filled(entry, field.type) if isinstance(entry, dict) else entry for entry in value]
    if field.is_map or not isinstance(value, dict):
        return value
    return _filled(value, field.type)


def _zero(field: Field) -> Any:
    if field.pointer or field.is_list or field.is_map:
        return None
    return _filled({}, field.type) if table.is_message(field.type) else _ZEROS.get(field.type)
