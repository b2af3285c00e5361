"""A mistake in YAML itself: what it is, where it stands, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    message: str
    line: int
    """From 1, as the column."""
    column: int
    hint: str = ""
    found: str = ""
    """The line or the piece that is wrong."""
