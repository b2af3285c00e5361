"""Files that the learner asks for, such as pictures: put where one looks for them, never over another file."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path
from typing import Any

from platformdirs import user_downloads_path
from textual.app import App

SHOWN = 10.0
FAILED = 15.0
"""Seconds for which it is said."""


def place(workspace: Path) -> Path:
    """The folder for downloads; where there is none, the learner's workspace."""
    downloads = user_downloads_path()
    return downloads if downloads.is_dir() else workspace


async def keep(app: App[Any], workspace: Path, what: str, name: str, text: str) -> None:
    """Writes the text to a new file; the app says where `what` is, e.g. "The picture", or why it could not be saved."""
    folder = place(workspace)
    try:
        path = await asyncio.to_thread(write_anew, folder, name, text)
    except OSError as error:
        said = f"{what} could not be saved in {folder}: {error.strerror or error}."
        app.notify(said, severity="error", timeout=FAILED, markup=False)
    else:
        app.notify(f"{what} is in {path}", timeout=SHOWN, markup=False)


def write_anew(folder: Path, name: str, text: str) -> Path:
    """Writes a file that was not there: `name`, else the name with a number. Returns where it is.

    Raises: `OSError`.
    """
    for number in count(1):
        path = folder / (name if number == 1 else f"{Path(name).stem}-{number}{Path(name).suffix}")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        return path
    raise AssertionError("the numbers do not end")
