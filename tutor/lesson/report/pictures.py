"""The traffic lane of a report: the exports of the live view, over the part of the recording that is worth it."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from tutor.core.pictures.export_svg import export_svg
from tutor.core.pictures.export_text import export_text
from tutor.core.timeline import Timeline, baseline

CELLS = 90
"""Widest picture; a longer time gets coarser cells."""
NARROWEST = 40
HAPPENED = "What happened"
"""Heading in the exported text."""
LABELS = 15
"""Columns of the text in front of its cells."""


class LanePictures:
    """Implements `reporting.Pictures`."""

    def svg(self, timeline: Timeline, start: float, end: float) -> str:
        per_cell, cells = scale(start, end)
        return export_svg(cut(timeline, start, end), end, per_cell, cells=cells)

    def text(self, timeline: Timeline, start: float, end: float) -> Iterable[str]:
        per_cell, cells = scale(start, end)
        lines = export_text(cut(timeline, start, end), end, per_cell, width=cells + LABELS).splitlines()
        # The list of what happened, which follows, stands in the report in its own words.
        return lines[: lines.index(HAPPENED)] if HAPPENED in lines else lines


def cut(timeline: Timeline, start: float, end: float) -> Timeline:
    """That time alone, with the state that it began with: the sums in the picture are then of this step only."""
    entries = list(timeline)
    before = [entry for entry in entries if entry.at < start]
    return Timeline([*baseline(before), *(entry for entry in entries if start <= entry.at <= end)])


def scale(start: float, end: float) -> tuple[float, int]:
    """(seconds a cell, cells) of a time; never finer than a second, and wide enough for the labels of its axis."""
    lasted = max(end - start, 1.0)
    per_cell = float(max(1, ceil(lasted / CELLS)))
    return per_cell, min(CELLS, max(NARROWEST, ceil(lasted / per_cell)))
