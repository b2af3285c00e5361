"""From the bytes of a body to the object that a client would have sent as JSON.

A body is the magic, then runtime.Unknown{1 TypeMeta{1 apiVersion, 2 kind}, 2 the object}. Go writes the zero of every
field that is no pointer; those that its JSON leaves out are left out here as well, so that defaults apply alike.
"""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

from tutor.kube.times import format_unix
from tutor.practice.protobuf import table
from tutor.practice.protobuf.table import Field
from tutor.practice.protobuf.wire import fields, signed

Object = dict[str, Any]

MAGIC = b"k8s\x00"
_DEEPEST = 100
_SCALAR_ZEROS = (0, "", False, 0.0)


def decode(body: bytes) -> Object:
    """The object with kind and apiVersion. Raises: `ValueError` for a body that is none, or of an unknown kind."""
    if not body.startswith(MAGIC):
        raise ValueError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    kind = api_version = ""
    raw = b""
    for number, value in fields(body[len(MAGIC) :]):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            names = {inner: text.decode() for inner, text in fields(value) if isinstance(text, bytes)}
            api_version, kind = names.get(1, ""), names.get(2, "")
        elif number == 2:
            raw = value
    name = table.message_of_kind(api_version, kind)
    if name is None:
        raise ValueError(f'no kind "{kind}" is registered for version "{api_version}" in scheme')
    try:
        return {"kind": kind, "apiVersion": api_version, **_message(raw, name)}
    except (OverflowError, OSError, RecursionError, struct.error) as error:
        # A time out of range, JSON nested too deep, a number cut off.
        raise ValueError(str(error)) from error


def _message(data: bytes, name: str, depth: int = 0) -> Object:
    """Raises: `ValueError`."""
    if depth > _DEEPEST:
        raise ValueError("the message is nested too deep")
    known = table.message(name)
    result: Object = {}
    for number, value in fields(data):
        field = known.get(number)
        if field is None:
            continue  # A field of a newer client: dropped, as Go does.
        if field.is_map:
            key, entry = _map_entry(value, field, depth)
            result.setdefault(field.name, {})[key] = entry
        elif field.is_list:
            result.setdefault(field.name, []).append(_value(value, field.type, depth))
        elif field.inline:
            result.update(_message(_bytes(value), field.type, depth + 1))
        else:
            decoded = _value(value, field.type, depth)
            if _is_sent(decoded, field):
                result[field.name] = decoded
    return result


def _is_sent(value: Any, field: Field) -> bool:
    if field.pointer:
        return True
    if value is None or value == {}:
        return False
    return not (field.omit_zero and value in _SCALAR_ZEROS)


def _map_entry(value: int | bytes, field: Field, depth: int) -> tuple[str, Any]:
    key, entry = "", _value(b"", field.type, depth)
    for number, part in fields(_bytes(value)):
        if number == 1:
            key = _bytes(part).decode()
        elif number == 2:
            entry = _value(part, field.type, depth)
    return key, entry


def _value(value: int | bytes, kind: str, depth: int) -> Any:
    if kind == "int" or kind == "bool":
        if not isinstance(value, int):
            raise ValueError("proto: wrong wireType for a number")
        return bool(value) if kind == "bool" else signed(value)
    data = _bytes(value)
    if kind == "string":
        return data.decode()
    if kind == "bytes":
        return base64.b64encode(data).decode()
    if kind == "float":
        return float(struct.unpack("<d", data)[0])
    if table.is_message(kind):
        return _message(data, kind, depth + 1)
    return _special(dict(fields(data)), data, kind)


def _special(parts: dict[int, int | bytes], data: bytes, kind: str) -> Any:
    """Types with a JSON form of their own."""
    if kind in ("time", "microtime"):
        if not parts:
            return None
        seconds = _number(parts.get(1, 0))
        text = format_unix(seconds)
        if kind == "time":
            return text
        return text.removesuffix("Z") + f".{_number(parts.get(2, 0)) // 1000:06d}Z"
    if kind == "quantity":
        return _bytes(parts.get(1, b"")).decode() or "0"
    if kind == "intorstring":
        if _number(parts.get(1, 0)):
            return _bytes(parts.get(3, b"")).decode()
        return _number(parts.get(2, 0))
    if kind == "raw":
        raw = _bytes(parts.get(1, b""))
        return json.loads(raw) if raw else None
    if kind == "extra":
        return [_bytes(item).decode() for number, item in fields(data) if number == 1]
    raise ValueError(f"no way to decode {kind}")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("proto: wrong wireType, expected a length")
    return value


def _number(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ValueError("proto: wrong wireType for a number")
    return signed(value)
