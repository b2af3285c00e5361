"""A window of the timeline as plain text: to be read, sent, or kept beside a report."""

from __future__ import annotations

from datetime import datetime

from tutor.core.calls import clock_time
from tutor.core.pictures.draw_lanes import (
    LanePicture,
    axis_line,
    bar_lines,
    lane_picture,
    legend_lines,
    mark_line,
    summary_lines,
    traffic_lines,
)
from tutor.core.pictures.draw_rows import columns, head_line, row_line
from tutor.core.pictures.drawing import UNICODE, Glyphs, Line, text_of
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.pod_rows import rows_at
from tutor.core.pictures.transitions import transitions
from tutor.core.timeline import Timeline

CELLS, LABELS = 95, 15
"""Cells of a window, and of the labels to its left."""


def export_text(
    timeline: Timeline,
    end: float,
    per_cell: float = 1.0,
    *,
    width: int = CELLS + LABELS,
    service: str = "user",
    glyphs: Glyphs = UNICODE,
) -> str:
    """Lanes, what happened, and the pods at the end of the window that ends at `end` (Unix seconds)."""
    histories = Histories()
    histories.update(timeline)
    picture = lane_picture(timeline, histories, end, per_cell, width, service)
    parts: list[Line | str] = [window_words(picture), ""]
    parts += [axis_line(picture, width, glyphs), mark_line(picture, width, glyphs)]
    parts += traffic_lines(picture, width, glyphs)
    parts += bar_lines(picture, width, glyphs, len(picture.bars))
    parts += ["", *legend_lines(picture, width, glyphs), "", *summary_lines(picture, width, 6, glyphs), ""]
    parts += ["What happened", *(f"  {line}" for line in happened(timeline, picture)), ""]
    cols = columns(width)
    parts += [head_line(cols), *(row_line(row, end, cols, glyphs) for row in rows_at(histories, end))]
    text = "\n".join(part.rstrip() if isinstance(part, str) else text_of(part) for part in parts) + "\n"
    return text if not glyphs.ready.isascii() else text.replace("…", glyphs.ellipsis)


def window_words(picture: LanePicture) -> str:
    """ "Wed 25 November 2026, 19:05:10 to 19:06:12 (1 s a cell)"."""
    start, end = datetime.fromtimestamp(picture.axis.start), datetime.fromtimestamp(picture.now)
    until = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{_day(end)}, {end:%H:%M:%S}"
    return f"{_day(start)}, {start:%H:%M:%S} to {until} ({picture.axis.per_cell:g} s a cell)"


def _day(at: datetime) -> str:
    return f"{at:%A} {at.day} {at:%B %Y}"


def happened(timeline: Timeline, picture: LanePicture) -> list[str]:
    """The changes within the window, a line each."""
    start = picture.axis.start
    return [
        f"{clock_time(moment.at)}  {moment.text}"
        for moment in transitions(timeline)
        if start <= moment.at <= picture.now
    ]
