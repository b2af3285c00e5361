"""Values of a wrong type in a strategic merge patch, in the words of the API server: they are not those of JSON, for
the patched object is turned from a map into Go structs. Source: answers of v1.34.2 to each case.
"""

from __future__ import annotations

from typing import Any

from tutor.kube import schema
from tutor.kube.schema.types import go_type

_JSON_TYPES = ("intOrString", "quantity", "time", "microTime")
_NUMBERS = frozenset({"int32", "int64", "float64"})


def conversion_text(error: schema.StructureError, value: Any) -> str:
    """`value` is what the patched object has at the error's path."""
    base = error.expected.partition("/")[0]
    given = _go_kind(value)
    if error.expected[:1] == "@":
        return f"cannot restore struct from: {given}"
    if error.expected[:1] in ("[", "{") or base == "bytes":
        if base == "bytes" and isinstance(value, str):
            return f"error decoding from json: {error.message}"
        return f"cannot restore {'map' if error.expected[0] == '{' else 'slice'} from {given}"
    if base in _JSON_TYPES:
        return _json_text(error.message)
    if (base in _NUMBERS and given in ("int64", "float64")) or (base == "string" and given == "int64"):
        return f"cannot convert {given} to {go_type(error.expected)}"
    return f"unrecognized type: {base}"


def _json_text(message: str) -> str:
    """These types read JSON themselves, and do not know which field they are."""
    head, found, _ = message.partition(" into Go struct field ")
    if not found:
        return message
    return f"{head} into Go value of type {message.rpartition(' of type ')[2]}"


def _go_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return {str: "string", int: "int64", float: "float64", list: "slice", dict: "map"}.get(type(value), "invalid")
