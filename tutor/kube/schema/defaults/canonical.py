"""An object as the API server answers it after decoding it: one form for everything that means the same."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tutor.kube.schema import types
from tutor.kube.schema.defaults.quantity import canonical_quantity

Object = dict[str, Any]

_ZEROS: Mapping[str, Any] = {
    "string": "",
    "bytes": "",
    "bool": False,
    "int32": 0,
    "int64": 0,
    "intOrString": 0,
    "quantity": "0",
}


def canonical(obj: Mapping[str, Any], type_name: str) -> Object:
    """A copy without unknown fields, nulls and what Go leaves out, with the published defaults of fields.

    `obj` must fit the schema (`strict_errors` has no type error).
    """
    known = types.fields(type_name)
    result: Object = {}
    for key, value in obj.items():
        field = known.get(key)
        if field is None or value is None:
            continue
        value = _value(value, field.type)
        if value or field.zero or field.type[0] == "@" or (type_name, key) in _EMPTY_SAYS_SOMETHING:
            result[key] = value
    for name, default in _filled(type_name):
        if not result.get(name):
            result[name] = default
    for name, expression in _always(type_name):
        if name not in result:
            result[name] = canonical({}, expression[1:]) if expression[0] == "@" else _ZEROS.get(expression)
    return result


_EMPTY_SAYS_SOMETHING = frozenset({("autoscaling.v2.HPAScalingRules", "policies"), ("meta.v1.ObjectMeta", "labels")})
"""Empty policies are refused, absent ones filled in; and what is said of a template's labels shows them."""

_filled_cache: dict[str, tuple[tuple[str, str | int], ...]] = {}
_always_cache: dict[str, tuple[tuple[str, str], ...]] = {}


def _filled(type_name: str) -> tuple[tuple[str, str | int], ...]:
    """(field, default) of the defaults that the published schema tells."""
    if type_name not in _filled_cache:
        fields = types.fields(type_name).values()
        _filled_cache[type_name] = tuple((field.name, field.default) for field in fields if field.default is not None)
    return _filled_cache[type_name]


def _always(type_name: str) -> tuple[tuple[str, str], ...]:
    """(field, expression without Go's name) of the fields that are always there."""
    if type_name not in _always_cache:
        fields = types.fields(type_name).values()
        _always_cache[type_name] = tuple(
            (field.name, field.type.partition("/")[0]) for field in fields if field.zero == "always"
        )
    return _always_cache[type_name]


def _value(value: Any, expression: str) -> Any:
    form = expression[0]
    if form == "@":
        return canonical(value or {}, expression[1:])
    if form == "[":
        return [_value(entry, expression[1:]) for entry in value]
    if form == "{":
        return {key: _value(entry, expression[1:]) for key, entry in value.items()}
    if value is None:
        return _ZEROS.get(expression.partition("/")[0])
    if expression == "quantity":
        return canonical_quantity(value)
    if expression == "time":
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if expression == "microTime":
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if expression == "bytes":
        read = bytes(number or 0 for number in value) if isinstance(value, list) else base64.b64decode(value)
        return base64.b64encode(read).decode()
    return _copied(value) if expression == "any" else value


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value
