"""Entries of the timeline as lines of JSON: `{"type": "PodChanged", "at": …, …}`.

Unknown types and fields of a line are skipped, so that a newer tutor's recording still opens.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from tutor.core.timeline import (
    Answered,
    CommandRun,
    DeploymentChanged,
    EndpointsChanged,
    Entry,
    EventSeen,
    FileSaved,
    LinkChanged,
    PodChanged,
    RecordingBegan,
    RecordingEnded,
    ReplicaSetChanged,
    StepMoved,
)

TYPES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        PodChanged,
        DeploymentChanged,
        ReplicaSetChanged,
        EndpointsChanged,
        EventSeen,
        Answered,
        RecordingBegan,
        RecordingEnded,
        LinkChanged,
        FileSaved,
        CommandRun,
        StepMoved,
    )
}


_FIELDS = {
    kind: tuple((f.name, "event_type" if f.name == "type" else f.name, f.default) for f in fields(kind))
    for kind in TYPES.values()
}
"""(field, its name in the line, default): an Event has a type of its own, which must not hide the entry's."""


def to_line(entry: Entry) -> str:
    """One line of JSON without its end; a field that holds its default is left out."""
    kind = type(entry)
    values = {key: value for name, key, default in _FIELDS[kind] if (value := getattr(entry, name)) != default}
    return json.dumps({"type": kind.__name__, **values}, separators=(",", ":"))


def from_line(line: str) -> Entry | None:
    """The entry of a line, or None where the line is torn, or of a type that this version does not know."""
    try:
        data = json.loads(line)
        kind = TYPES[data.pop("type")]
        if not isinstance(data["at"], int | float):
            return None
        try:
            # Most lines are answers of the poll: this way is twice as fast.
            entry: Entry = kind(**data) if kind is not EndpointsChanged else _known(kind, data)
        except TypeError:
            entry = _known(kind, data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return entry


def _known(kind: type[Any], data: dict[str, Any]) -> Any:
    """The fields that this version knows, lists as tuples. Raises: `TypeError` where one is missing."""
    return kind(
        **{
            name: tuple(data[key]) if isinstance(data[key], list) else data[key]
            for name, key, _ in _FIELDS[kind]
            if key in data
        }
    )
