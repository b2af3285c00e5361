"""One change of the store."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Literal

EventType = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(slots=True, eq=False)
class StoreEvent:
    """`object` is the object after the change (of a deletion: as it was last, with the deletion's version); never
    mutate it. `old` is the object before, None when it was created."""

    type: EventType
    object: dict[str, Any]
    old: dict[str, Any] | None
    resource_version: int
    at: float = 0.0
    """When, in Unix seconds."""
    lines: dict[Hashable, bytes] = field(default_factory=dict, repr=False)
    """What watchers send of the event, by what they want: each is written once. Emptied when the event is old."""

    @property
    def kind(self) -> str:
        return str(self.object["kind"])

    @property
    def namespace(self) -> str:
        return str(self.object["metadata"].get("namespace", ""))

    def object_of(self, change: str) -> dict[str, Any]:
        """The object that a watcher sees. Who no longer sees it gets it as it was, with the version of the change."""
        if change != "DELETED" or self.type == "DELETED" or self.old is None:
            return self.object
        return {**self.old, "metadata": {**self.old["metadata"], "resourceVersion": str(self.resource_version)}}
