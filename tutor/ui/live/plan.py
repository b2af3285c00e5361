"""How many lines each part of the live view gets, the most telling first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Parts:
    """Lines of each part: what there is to show, or what it gets."""

    control: int = 0
    rows: int = 0
    """Deployments, ReplicaSets and pods, with the head."""
    services: int = 0
    """With the head."""
    axis: int = 0
    marks: int = 0
    traffic: int = 0
    bars: int = 0
    legend: int = 0
    summary: int = 0
    events: int = 0

    @property
    def total(self) -> int:
        names = ("control", "rows", "services", "axis", "marks", "traffic", "bars", "legend", "summary", "events")
        return sum(getattr(self, name) for name in names)


WITH_HEAD = 2
"""Lines of Services from which on there is more than their head."""

ORDER: tuple[tuple[str, int], ...] = (
    ("control", 1),
    ("rows", 4),
    ("axis", 1),
    ("traffic", 1),
    ("summary", 1),
    ("bars", 1),
    ("rows", 8),
    ("traffic", 4),
    ("bars", 2),
    ("summary", 2),
    ("legend", 1),
    ("services", 4),
    ("rows", 10),
    ("events", 2),
    ("legend", 2),
    ("marks", 1),
    ("bars", 4),
    ("services", 8),
    ("summary", 4),
    ("rows", 16),
    ("events", 5),
    ("legend", 4),
    ("bars", 8),
    ("summary", 6),
    ("services", 12),
    ("rows", 24),
    ("events", 12),
    ("services", 1_000),
    ("rows", 1_000),
    ("bars", 40),
    ("events", 1_000),
)
"""In turn, each part is raised to so many lines, if it has so many and they are left."""


@lru_cache(32)
def plan(height: int, wanted: Parts) -> Parts:
    """Who gets what. The sum is at most `height`."""
    got = Parts()
    for name, target in ORDER:
        left = height - got.total
        if left <= 0:
            break
        now = getattr(got, name)
        more = min(target, getattr(wanted, name)) - now
        if name == "services" and now + left < WITH_HEAD:
            continue
        if more > 0:
            got = replace(got, **{name: now + min(more, left)})
    if 1 < got.traffic < wanted.traffic:
        # The versions' lanes are drawn all or merged into one line.
        got = replace(got, traffic=1)
    return got
