"""Whether there is anything new to draw: a view that shows what the last one showed is not published."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from tutor.core.timeline import Answered, Timeline
from tutor.lesson.view import LessonView

RECENT = 10.0
"""Seconds that a call of the version poll may be old that was just answered."""


def shows_same(one: LessonView, other: LessonView) -> bool:
    """Whether two views show the same, whenever it was checked."""
    if one.snapshot is not other.snapshot:
        return False
    return replace(one, version=other.version, checked_at=other.checked_at) == other


def happened(timeline: Timeline, now: float) -> Hashable:
    """Differs whenever something was recorded, but for one more answer that says what the last one said."""
    answers = timeline.of(Answered, now - RECENT)
    last = (answers[-1].version, answers[-1].at if answers[-1].error else 0.0) if answers else None
    return timeline.count() - timeline.count(Answered), last
