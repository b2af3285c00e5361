"""How the entries of a list are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.kube.schema import FieldSchema
from tutor.practice.patching.field_set import key_step, value_step


class NoKey(ValueError):
    """An entry of a keyed list lacks its keys."""


def step_of(entry: Any, schema: FieldSchema) -> str:
    """The step of an entry of a list of the type "map" or "set". Raises: `NoKey`."""
    if schema.list_type == "set":
        if entry is None or isinstance(entry, dict | list):
            kind = "an explicit null" if entry is None else "a map type"
            raise NoKey(f"associative list without keys has an element that's {kind}")
        return value_step(entry)
    if entry is None:
        raise NoKey("associative list with keys may not have a null element")
    if not isinstance(entry, dict):
        raise NoKey("associative list with keys may not have non-map elements")
    defaults = dict(schema.key_defaults)
    keys = {}
    for name in schema.map_keys:
        value = entry.get(name, defaults.get(name))
        if value is not None:
            keys[name] = value
    if not keys:
        names = "[" + " ".join(f'"{name}"' for name in schema.map_keys) + "]"
        raise NoKey(
            f"associative list with keys has an element that omits all key fields {names} "
            "(and doesn't have default values for any key fields)"
        )
    return key_step(keys)


def by_step(entries: Sequence[Any] | None, schema: FieldSchema) -> dict[str, list[Any]]:
    """The entries under their steps; several where a list holds the same key twice."""
    found: dict[str, list[Any]] = {}
    for entry in entries or ():
        try:
            step = step_of(entry, schema)
        except NoKey:
            continue  # An entry without a key belongs to nobody.
        found.setdefault(step, []).append(entry)
    return found
