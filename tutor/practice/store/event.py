"""One change of the store."""

from __future__ import annotations

import json
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
    _line: bytes = field(default=b"", repr=False)

    @property
    def kind(self) -> str:
        return str(self.object["kind"])

    @property
    def namespace(self) -> str:
        return str(self.object["metadata"].get("namespace", ""))

    def line(self) -> bytes:
        """The event as a line of a watch. Written once for all watchers."""
        if not self._line:
            text = json.dumps({"type": self.type, "object": self.object}, separators=(",", ":"))
            self._line = text.encode() + b"\n"
        return self._line
