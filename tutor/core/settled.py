"""When something that happened is over for its callers: they are answered again, and no call of that time is open.

A verdict that is given earlier is given on half of what happened. All times are Unix seconds by the tutor's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from tutor.core.timeline import Answered

MOMENT = 1.5
"""Seconds without an error after which an application answers again: one lucky answer is none."""
SLOWEST_CALL = 4.5
"""Seconds after which a call of the poll has its answer or its error, with some for a busy machine."""
MISSING = 1.75
"""Times the usual distance of two calls: between two that lie further apart one is missing."""


def answered_again(made: Sequence[Answered], since: float, version: str = "") -> float | None:
    """When the answers began that went on for a moment without an error, after `since`; with `version`, its answers.

    By the calls alone, so that what is over stays over.
    """
    first: float | None = None
    for call in made:
        if call.at < since:
            continue
        if call.error:
            first = None
            continue
        if first is None and version in ("", call.version):
            first = call.at
        if first is not None and call.at - first >= MOMENT:
            return first
    return None


def still_open(made: Sequence[Answered], end: float, now: float) -> bool:
    """Whether a call that was sent before `end` may still wait for its answer. A call is recorded when it ends, by
    the time when it was sent: where one of the row is missing, it may be on its way."""
    if now >= end + SLOWEST_CALL or not made:
        return False
    distances = [later.at - earlier.at for earlier, later in pairwise(made)]
    usual = median(distances) if distances else 1.0
    sent = [call.at for call in made]
    gaps = [one for one, next_one in pairwise([*sent, now]) if next_one - one > MISSING * usual and one < end]
    return any(now - one - usual < SLOWEST_CALL for one in gaps)
