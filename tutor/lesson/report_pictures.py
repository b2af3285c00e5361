"""The traffic lane of a report, drawn by `tutor.core`."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.core.timeline import Timeline


class LanePictures:
    """Implements `reporting.Pictures`."""

    def svg(self, timeline: Timeline, start: float, end: float) -> str:
        return ""

    def text(self, timeline: Timeline, start: float, end: float) -> Iterable[str]:
        return ()
