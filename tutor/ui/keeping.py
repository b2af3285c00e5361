"""Files that the learner asks for, such as pictures: put where one looks for them, never over another file."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from platformdirs import user_downloads_path


def place(workspace: Path) -> Path:
    """The folder for downloads; where there is none, the learner's workspace."""
    downloads = user_downloads_path()
    return downloads if downloads.is_dir() else workspace


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
