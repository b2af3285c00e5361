"""A Swagger 2.0 document in protobuf, as kubectl asks for it: github.com/google/gnostic, openapiv2/OpenAPIv2.proto.

Only what the definitions of Kubernetes use. Numbers of fields as v1.34.2's answer has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Schema = Mapping[str, Any]

_SCALARS = {"$ref": 1, "format": 2}
_REQUIRED, _ENUM, _ADDITIONAL, _TYPE, _ITEMS, _PROPERTIES, _EXTENSION = 19, 20, 21, 22, 23, 25, 31


def document(title: str, version: str, definitions: Mapping[str, Schema]) -> bytes:
    """Without paths."""
    info = _text(1, title) + _text(2, version)
    return _text(1, "2.0") + _field(2, info) + _field(8, b"") + _field(9, _named(definitions))


def _named(schemas: Mapping[str, Schema]) -> bytes:
    """Definitions and properties have the same form: a list of (name, schema)."""
    return b"".join(_field(1, _text(1, name) + _field(2, _schema(one))) for name, one in schemas.items())


def _schema(described: Schema) -> bytes:
    """Raises: `KeyError` for what is not known here."""
    return b"".join(_part(key, value) for key, value in described.items())


def _part(key: str, value: Any) -> bytes:
    if key in _SCALARS:
        return _text(_SCALARS[key], value)
    if key.startswith("x-"):
        return _field(_EXTENSION, _text(1, key) + _field(2, _any(value)))
    if key == "required":
        return b"".join(_text(_REQUIRED, name) for name in value)
    if key == "enum":
        return b"".join(_field(_ENUM, _any(one)) for one in value)
    if key == "type":
        return _field(_TYPE, _text(1, value))
    if key == "items":
        return _field(_ITEMS, _field(1, _schema(value)))
    if key == "additionalProperties":
        return _field(_ADDITIONAL, _field(1, _schema(value)))
    if key == "properties":
        return _field(_PROPERTIES, _named(value))
    raise KeyError(key)


def _any(value: Any) -> bytes:
    """A value as text in YAML, of which JSON is a part."""
    return _text(2, json.dumps(value))


def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode())


def _field(number: int, data: bytes) -> bytes:
    return bytes((*_varint(number << 3 | 2), *_varint(len(data)))) + data


def _varint(value: int) -> Iterable[int]:
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value
