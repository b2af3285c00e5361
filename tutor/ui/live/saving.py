"""Saves the window of the timeline that is shown, as a picture or as text, where the system keeps downloads."""

from __future__ import annotations

import io
from datetime import datetime

from textual.app import App

from tutor.core.export_svg import export_svg
from tutor.core.export_text import export_text
from tutor.core.timeline import Timeline

SUFFIX = {"svg": "svg", "text": "txt"}
MIME = {"svg": "image/svg+xml", "text": "text/plain"}


def save_window(app: App[object], timeline: Timeline, kind: str, end: float, per_cell: float, title: str = "") -> None:
    """`kind`: "svg" or "text". The app says where it went, or that it could not be written."""
    text = export_svg(timeline, end, per_cell, title=title) if kind == "svg" else export_text(timeline, end, per_cell)
    name = f"homics-timeline-{datetime.fromtimestamp(end):%Y%m%d-%H%M%S}.{SUFFIX[kind]}"
    # Textual tells the learner where a delivery called "screenshot" has gone, and of a failure.
    app.deliver_text(io.StringIO(text), save_filename=name, encoding="utf-8", mime_type=MIME[kind], name="screenshot")
