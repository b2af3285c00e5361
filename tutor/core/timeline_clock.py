"""Entries of a clock that ran ahead and was set back: their times are still to come, and prove nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tutor.core.timeline import Entry, RecordingBegan, baseline

SET_BACK = 4.0
"""Seconds by which an entry may be younger than what was recorded after it: several processes write."""


def as_of(entries: Iterable[Entry], at: float) -> list[Entry]:
    """Without what is dated after `at`; the last state of everything that was there stands at `at` itself."""
    known = list(entries)
    later = [entry for entry in known if entry.at > at + SET_BACK]
    if not later:
        return known
    states = [replace(entry, at=at) for entry in baseline(later) if not isinstance(entry, RecordingBegan)]
    return [*(entry for entry in known if entry.at <= at + SET_BACK), *states]


def by_one_clock(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in the order in which they were recorded, without those whose clock was ahead of a later beginning."""
    found: list[Entry] = []
    newest = float("-inf")
    for entry in entries:
        if isinstance(entry, RecordingBegan) and newest > entry.at + SET_BACK:
            found, newest = as_of(found, entry.at), entry.at
        found.append(entry)
        newest = max(newest, entry.at)
    return found
