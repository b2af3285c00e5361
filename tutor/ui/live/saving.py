"""Saves the window of the timeline that is shown, as a picture or as text, and says where it is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from textual.app import App

from tutor.core.pictures.export_svg import export_svg
from tutor.core.pictures.export_text import CELLS, LABELS, export_text
from tutor.core.timeline import Timeline
from tutor.ui.keeping import keep

SUFFIX = {"svg": "svg", "text": "txt"}
WORDS = {"svg": "The picture", "text": "The text"}


def save_window(
    app: App[object],
    timeline: Timeline,
    workspace: Path,
    kind: str,
    end: float,
    per_cell: float,
    cells: int = CELLS,
    title: str = "",
) -> None:
    """`kind`: "svg" or "text". The app says where it is, or why it could not be written.

    `cells`: those of the window, of which a file has room for more than a small screen.
    """
    cells = max(cells, CELLS)
    if kind == "svg":
        text = export_svg(timeline, end, per_cell, cells=cells, title=title)
    else:
        text = export_text(timeline, end, per_cell, width=cells + LABELS)
    name = f"homics-timeline-{datetime.fromtimestamp(end):%Y%m%d-%H%M%S}.{SUFFIX[kind]}"
    app.run_worker(keep(app, workspace, WORDS[kind], name, text), group="save")
