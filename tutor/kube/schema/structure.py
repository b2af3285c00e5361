"""Fields that a kind does not have and values of a wrong type, in the document's order and the server's own words.

The API server decodes JSON into Go structs; what it says of a value that does not fit are Go's words. Names of fields
are compared with their case. null fits everywhere: it is no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tutor.kube.schema import types
from tutor.kube.schema.amounts import quantity_problem
from tutor.kube.schema.literals import base64_problem, time_problem
from tutor.kube.schema.path import Path, path_text

Problem = Literal["unknown", "type", "format"]


@dataclass(frozen=True, slots=True)
class StructureError:
    """One thing that does not fit the schema. The API server tells all unknown fields, but the first "type" alone."""

    problem: Problem
    """"unknown": no such field. "type": a value of another type. "format": text that is no quantity, time or base64;
    for the API server this is a wrong type, too."""
    path: Path
    message: str
    type_name: str
    """The object type that has, or has not, the field: "apps.v1.DeploymentSpec"."""
    expected: str = ""
    """The expression of the type that the field has, see `types`; empty for an unknown field."""

    @property
    def kind(self) -> Literal["unknown", "type"]:
        """As the API server tells them apart."""
        return "unknown" if self.problem == "unknown" else "type"


class UnknownKind(ValueError):
    """The schema of this apiVersion and kind is not known here."""


def strict_errors(obj: Mapping[str, Any]) -> list[StructureError]:
    """All that does not fit, in the document's order. Raises: `UnknownKind`."""
    name = types.kind_type(str(obj.get("apiVersion", "")), str(obj.get("kind", "")))
    if name is None:
        raise UnknownKind(f"{obj.get('apiVersion', '')} {obj.get('kind', '')}")
    return list(_object(obj, name, ()))


def _object(obj: Mapping[str, Any], type_name: str, path: Path) -> Iterator[StructureError]:
    known = types.fields(type_name)
    for key, value in obj.items():
        field = known.get(key)
        if field is None:
            here = (*path, key)
            yield StructureError("unknown", here, f'unknown field "{path_text(here)}"', type_name)
        else:
            yield from _value(value, field.type, field.go, (*path, key), type_name)


def _value(value: Any, expression: str, go: str, path: Path, holder: str) -> Iterator[StructureError]:
    """`holder`: the type of the struct that Go was in when it met the value."""
    if value is None:
        return
    form = expression[0]
    if form == "@":
        if isinstance(value, dict):
            yield from _object(value, expression[1:], path)
        else:
            yield _wrong(value, expression, go, path, holder)
    elif form == "[":
        if not isinstance(value, list):
            yield _wrong(value, expression, go, path, holder)
            return
        for index, entry in enumerate(value):
            yield from _value(entry, expression[1:], "", (*path, index), holder)
    elif form == "{":
        if not isinstance(value, dict):
            yield _wrong(value, expression, go, path, holder)
            return
        for key, entry in value.items():
            yield from _value(entry, expression[1:], "", (*path, key), holder)
    else:
        yield from _scalar(value, expression, path, holder)


def _scalar(value: Any, expression: str, path: Path, holder: str) -> Iterator[StructureError]:
    base = expression.partition("/")[0]
    if base == "any":
        return
    if base == "quantity":
        if problem := quantity_problem(value):
            wrong: Problem = "format" if isinstance(value, str) else "type"
            yield StructureError(wrong, path, problem, holder, expression)
    elif base == "intOrString":
        if not isinstance(value, str) and not _is_int(value, 32):
            yield _wrong(value, expression, "int32", path, holder)
    elif base in ("time", "microTime", "bytes"):
        if not isinstance(value, str):
            if base == "bytes" and isinstance(value, list):
                # Go takes a list of numbers for bytes, too.
                for index, entry in enumerate(value):
                    yield from _value(entry, "uint8", "", (*path, index), holder)
                return
            yield _wrong(value, expression, "", path, holder)
        elif problem := base64_problem(value) if base == "bytes" else time_problem(value, base):
            yield StructureError("format", path, problem, holder, expression)
    elif not _FITS[base](value):
        yield _wrong(value, expression, "", path, holder)


def _wrong(value: Any, expression: str, go: str, path: Path, holder: str) -> StructureError:
    struct = holder.rpartition(".")[2]
    field = ".".join(str(part) for part in _field_names(path, holder))
    wanted = go or types.go_type(expression)
    message = (
        f"json: cannot unmarshal {_go_value(value, wanted)} into Go struct field {struct}.{field} of type {wanted}"
    )
    return StructureError("type", path, message, holder, expression)


def _field_names(path: Path, holder: str) -> list[str]:
    """Go names the fields on the way, neither indexes nor the keys of maps: a map's key can only be the last part."""
    names = [part for part in path if isinstance(part, str)]
    if names and names[-1] not in types.fields(holder):
        names.pop()
    return names


def _go_value(value: Any, wanted: str) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return f"number {_number(value)}" if wanted in ("int32", "int64", "uint8") else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _number(value: int | float) -> str:
    return str(value) if isinstance(value, int) else repr(value)


def _is_int(value: Any, bits: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(1 << (bits - 1)) <= value < 1 << (bits - 1)


_FITS = {
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int32": lambda value: _is_int(value, 32),
    "int64": lambda value: _is_int(value, 64),
    "uint8": lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 256,
    "float64": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
