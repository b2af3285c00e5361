"""Which panes are seen at a size of the terminal: three columns, two, or one at a time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Pane = Literal["steps", "task", "files", "hints", "check", "live", "done"]
PANES: tuple[Pane, ...] = ("steps", "task", "files", "hints", "check", "live", "done")
LABELS: dict[Pane, str] = {
    "steps": "Steps",
    "task": "Task",
    "files": "Files",
    "hints": "Hints",
    "check": "Check",
    "live": "Live",
    "done": "Done",
}
MIDDLE: tuple[Pane, ...] = ("task", "files", "hints", "done")

THREE_COLUMNS = 140
TWO_COLUMNS = 100
STACKED = 34
"""Rows from which the check stands below the text instead of in its place."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    columns: int
    stacked: bool

    @property
    def fixed(self) -> tuple[Pane, ...]:
        """Panes that are always seen."""
        found: tuple[Pane, ...] = ("check",) if self.stacked else ()
        if self.columns >= 2:
            found += ("live",)
        return ("steps", *found) if self.columns == 3 else found

    def choices(self, done: bool) -> tuple[Pane, ...]:
        """Panes that one chooses among, in their order."""
        return tuple(pane for pane in PANES if pane not in self.fixed and (pane != "done" or done))

    def seen(self, chosen: Pane) -> frozenset[Pane]:
        """What is seen when `chosen` is."""
        seen = {*self.fixed, chosen}
        if chosen in ("steps", "live"):
            seen.discard("check")
        return frozenset(seen)


def arrangement(width: int, height: int) -> Arrangement:
    columns = 3 if width >= THREE_COLUMNS else 2 if width >= TWO_COLUMNS else 1
    return Arrangement(columns, height >= STACKED)
