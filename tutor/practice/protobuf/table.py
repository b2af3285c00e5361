"""Which field of which message has which number: data/messages.json, made by scripts/protobuf-table."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Field:
    """`type` is a scalar's or a message's name. `pointer`: an explicit zero counts. `inline`: its fields are those of
    the message around it. `omit_zero`: a scalar, list or map that Go leaves out of JSON when it is zero. `is_omitted`:
    the same of any type: a struct that is no pointer is never left out, unless Go's types say so."""

    name: str
    type: str
    is_list: bool
    is_map: bool
    pointer: bool
    inline: bool
    omit_zero: bool
    is_omitted: bool


Message = Mapping[int, Field]

_PLAIN = frozenset({"string", "bytes", "bool", "int", "float"})


@functools.cache
def _data() -> tuple[dict[str, str], dict[str, list[tuple[int, str, str, str]]]]:
    text = resources.files("tutor.practice.protobuf").joinpath("data", "messages.json").read_text("utf-8")
    data = json.loads(text)
    return data["kinds"], data["messages"]


def message_of_kind(api_version: str, kind: str) -> str | None:
    """The message that holds objects of this kind; None for one that the practice cluster does not take."""
    kinds = _data()[0]
    # Clients send it under the version of whatever they delete.
    return kinds["v1/DeleteOptions"] if kind == "DeleteOptions" else kinds.get(f"{api_version}/{kind}")


@functools.cache
def message(name: str) -> Message:
    """In the order in which Go writes the fields as JSON."""
    return {number: _field(*entry) for number, *entry in _data()[1][name]}


@functools.cache
def is_message(name: str) -> bool:
    return name in _data()[1]


def _field(name: str, kind: str, flags: str) -> Field:
    form, _, inner = kind.rpartition(":")
    is_list, is_map, pointer = form == "list", form == "map", "p" in flags
    struct = not (is_list or is_map or pointer) and inner not in _PLAIN
    omitted = "z" in flags or ("o" in flags and not struct)
    return Field(name, inner, is_list, is_map, pointer, "i" in flags, "o" in flags, omitted)
