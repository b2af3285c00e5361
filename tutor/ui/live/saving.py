"""Saves the window of the timeline that is shown, as a picture or as text, and says where it is."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from textual.app import App

from tutor.core.pictures.export_svg import export_svg
from tutor.core.pictures.export_text import export_text
from tutor.core.timeline import Timeline
from tutor.ui.keeping import place, write_anew

SUFFIX = {"svg": "svg", "text": "txt"}
WORDS = {"svg": "The picture", "text": "The text"}


def save_window(
    app: App[object], timeline: Timeline, workspace: Path, kind: str, end: float, per_cell: float, title: str = ""
) -> None:
    """`kind`: "svg" or "text". The app says where it is, or why it could not be written."""
    text = export_svg(timeline, end, per_cell, title=title) if kind == "svg" else export_text(timeline, end, per_cell)
    name = f"homics-timeline-{datetime.fromtimestamp(end):%Y%m%d-%H%M%S}.{SUFFIX[kind]}"
    app.run_worker(_save(app, place(workspace), kind, name, text), group="save")


async def _save(app: App[object], folder: Path, kind: str, name: str, text: str) -> None:
    try:
        path = await asyncio.to_thread(write_anew, folder, name, text)
    except OSError as error:
        app.notify(
            f"{WORDS[kind]} could not be saved in {folder}: {error.strerror or error}.",
            severity="error",
            markup=False,
        )
    else:
        app.notify(f"{WORDS[kind]} is in {path}", timeout=10, markup=False)
