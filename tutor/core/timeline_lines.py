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


_FIELDS = {kind: tuple((f.name, f.default) for f in fields(kind)) for kind in TYPES.values()}


def to_line(entry: Entry) -> str:
    """One line of JSON without its end; a field that holds its default is left out."""
    kind = type(entry)
    values = {name: value for name, default in _FIELDS[kind] if (value := getattr(entry, name)) != default}
    return json.dumps({"type": kind.__name__, **values}, separators=(",", ":"))


def from_line(line: str) -> Entry | None:
    """The entry of a line, or None where the line is torn, or of a type that this version does not know."""
    try:
        data = json.loads(line)
        kind = TYPES[data.pop("type")]
        values = {k: tuple(data[k]) if isinstance(data[k], list) else data[k] for k, _ in _FIELDS[kind] if k in data}
        if not isinstance(values["at"], int | float):
            return None
        entry: Entry = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return entry
