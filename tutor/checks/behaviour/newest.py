"""Which of several crashes or updates a rule speaks of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tutor.core.finding import Finding, Verdict

Happened = TypeVar("Happened")


def newest(judge: Callable[[Happened], Finding | None], happened: Sequence[Happened]) -> list[Finding]:
    """What is said of the newest one that passes, else of the newest one; empty where none was judged.

    Those before it are not looked at: after an hour there may be many, and they are judged each second.
    """
    last: Finding | None = None
    for one in reversed(happened):
        finding = judge(one)
        if finding is not None and finding.verdict is Verdict.PASSED:
            return [finding]
        last = last or finding
    return [] if last is None else [last]
