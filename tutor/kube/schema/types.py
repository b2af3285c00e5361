"""The types of the API as data: which fields a type has, of which type, and how they are merged.

A type is told by an expression: a scalar ("string", "int32", "int64", "bool", "bytes", "quantity", "intOrString",
"time", "microTime", "any"; "string/v1.PullPolicy" where Go has a name for it), "@" and the name of an object type, "["
or "{" and the expression of a list's or a map's entries: "[@core.v1.Container", "{string".
"""

from __future__ import annotations

import functools
import gzip
import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object type."""

    name: str
    type: str
    merge_key: str = ""
    """Strategic merge: the field that tells a list's entries apart; empty where the list is replaced as a whole."""
    strategy: str = ""
    """Strategic merge: "merge", "retainKeys", "merge,retainKeys" or empty (replace lists, merge objects)."""
    list_type: str = ""
    """Server-side apply: "map", "set" or "atomic" (also what empty means for a list)."""
    map_keys: tuple[str, ...] = ()
    """Server-side apply: the fields that tell the entries of a list of the type "map" apart."""
    map_type: str = ""
    """Server-side apply: "atomic" for an object that is owned as a whole."""
    enum: tuple[str, ...] = ()
    """The values that the published schema lists."""
    default: str | int | None = None
    """The default that the published schema tells; most are Go code, see `defaults`."""
    go: str = ""
    """Go's name of a list or map type where it has one: "v1.ResourceList"."""
    zero: str = ""
    """What becomes of 0, "", false and empty lists in the API server's answers: left out where this is empty; "kept"
    (a pointer in Go); "always" there, even where nobody gave it."""


@functools.cache
def _data() -> dict[str, Any]:
    packed = pkgutil.get_data("tutor.kube.schema", "data/types.json.gz")
    if packed is None:
        raise FileNotFoundError("data/types.json.gz")
    data: dict[str, Any] = json.loads(gzip.decompress(packed))
    return data


def version() -> str:
    """The API server that the data is from: "v1.34.2"."""
    return str(_data()["version"])


def kind_type(api_version: str, kind: str) -> str | None:
    """The type of a kind: ("apps/v1", "Deployment") → "apps.v1.Deployment"; None for one that is not known here."""
    found: str | None = _data()["kinds"].get(f"{api_version} {kind}")
    return found


def kinds() -> list[tuple[str, str]]:
    """(apiVersion, kind) of all that is known here, lists and options included."""
    return [(api_version, kind) for api_version, kind in (key.split(" ") for key in _data()["kinds"])]


def served() -> Mapping[str, list[str]]:
    """apiVersion → the kinds that a new cluster has there, also those whose schema is not known here."""
    found: dict[str, list[str]] = _data()["served"]
    return found


@functools.cache
def fields(type_name: str) -> Mapping[str, Field]:
    """The fields of an object type by name. Raises: `KeyError`."""
    return {name: _field(name, *entry) for name, entry in _data()["types"][type_name]["fields"].items()}


def _field(name: str, expression: str, extras: Mapping[str, Any] | None = None) -> Field:
    if not extras:
        return Field(name, expression)
    return Field(
        name,
        expression,
        extras.get("mergeKey", ""),
        extras.get("strategy", ""),
        extras.get("listType", ""),
        tuple(extras.get("mapKeys", ())),
        extras.get("mapType", ""),
        tuple(extras.get("enum", ())),
        extras.get("default"),
        extras.get("go", ""),
        extras.get("zero", ""),
    )


def required(type_name: str) -> tuple[str, ...]:
    """The fields that the published schema calls required; the API server itself asks by value validation alone."""
    return tuple(_data()["types"][type_name].get("required", ()))


def is_atomic(type_name: str) -> bool:
    """Whether server-side apply owns an object of this type as a whole."""
    return bool(_data()["types"][type_name].get("mapType") == "atomic")


def go_type(expression: str, named: str = "") -> str:
    """As Go writes a type: "[]v1.Container". `named`: Go's own name for this list or map."""
    if named:
        return named
    if expression.startswith("["):
        return f"[]{go_type(expression[1:])}"
    if expression.startswith("{"):
        return f"map[string]{go_type(expression[1:])}"
    if expression.startswith("@"):
        return ".".join(expression.split(".")[-2:]).removeprefix("@")
    scalar, _, name = expression.partition("/")
    return name or _GO_SCALARS.get(scalar, scalar)


_GO_SCALARS = {"bytes": "[]uint8", "quantity": "resource.Quantity", "intOrString": "int32", "time": "string"}
