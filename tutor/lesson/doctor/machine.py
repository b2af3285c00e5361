"""This machine: Python, the terminal, the disk, the memory, and where the tutor remembers things."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tutor.content.state import VARIABLE, state_root
from tutor.lesson.doctor.advice import Advice, bad, ok, unknown, warn

GIB = 1024**3
MEMORY_NEEDED, MEMORY_COMFORTABLE = 2.0, 4.0
"""GiB of memory in the whole machine: minikube refuses to start below 1.8; its own default is 2.2 and more."""
DISK_LOW, DISK_COMFORTABLE = 2.0, 10.0
"""GiB free: the marketplace's images hold a Java runtime each, and a node of minikube is an image, too."""
LEAST_TERMINAL, COMFORTABLE_TERMINAL = (40, 15), (80, 24)
"""Columns and rows."""


def machine() -> Iterator[Advice]:
    yield python()
    yield terminal(sys.stdout.isatty(), shutil.get_terminal_size((0, 0)), os.environ, sys.stdout.encoding or "")
    yield memory()
    yield disk(Path.home())
    yield state()


def python() -> Advice:
    return ok("python", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}.")


def terminal(is_one: bool, size: os.terminal_size, environment: os._Environ[str], encoding: str) -> Advice:
    if not is_one:
        return unknown("terminal", "The output goes to a file or a pipe, so the terminal was not looked at.")
    columns, rows = size
    if environment.get("TERM", "") == "dumb" and os.name != "nt":
        return warn("terminal", "TERM is dumb: no screen can be drawn.", "The tutor speaks in lines there (--plain).")
    if columns < LEAST_TERMINAL[0] or rows < LEAST_TERMINAL[1]:
        return warn(
            "terminal",
            f"The terminal has {columns} columns and {rows} rows: too few for the screen.",
            "Make the window larger, or use --plain.",
        )
    if "utf" not in encoding.lower():
        return warn(
            "terminal",
            f"The terminal's encoding is {encoding or 'not known'}, so lines and signs are drawn with ASCII.",
            "Set LANG to a UTF-8 locale, such as C.UTF-8.",
        )
    if columns < COMFORTABLE_TERMINAL[0] or rows < COMFORTABLE_TERMINAL[1]:
        return ok("terminal", f"{columns} columns and {rows} rows: the screen shows one thing at a time.")
    return ok("terminal", f"{columns} columns and {rows} rows, {encoding}.")


def memory() -> Advice:
    import psutil

    try:
        seen = psutil.virtual_memory()
    except (OSError, RuntimeError, psutil.Error) as error:
        return unknown("memory", f"The memory could not be looked at ({error}).")
    return judged_memory(seen.total / GIB, seen.available / GIB)


def judged_memory(total: float, free: float) -> Advice:
    """`total` and `free` in GiB."""
    found = f"{total:.1f} GiB of memory, {free:.1f} GiB of it free."
    if total < MEMORY_NEEDED:
        return warn(
            "memory", found, "minikube needs about 2 GiB. The practice cluster needs less: homics-tutor --practice"
        )
    if free < 1.0 or total < MEMORY_COMFORTABLE:
        return warn(
            "memory", found, "Close what you do not need: the bonus steps run seven Java programs side by side."
        )
    return ok("memory", found)


def disk(folder: Path) -> Advice:
    try:
        free = shutil.disk_usage(folder).free / GIB
    except OSError as error:
        return unknown("disk", f"The free space of {folder} could not be looked at ({error.strerror}).")
    return judged_disk(free)


def judged_disk(free: float) -> Advice:
    """`free` in GiB."""
    found = f"{free:.1f} GiB free."
    if free < DISK_LOW:
        return bad(
            "disk",
            found,
            "Free some space: minikube and the images of the exercise need several GiB. docker system prune may help.",
        )
    if free < DISK_COMFORTABLE:
        return warn("disk", found, "Enough for the exercise, not for much more: a full disk makes a node evict pods.")
    return ok("disk", found)


def state() -> Advice:
    folder = state_root()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return bad(
            "state",
            f"Nothing can be remembered in {folder} ({error.strerror}).",
            f"Set {VARIABLE} to a folder that you may write to.",
        )
    return ok("state", f"Progress and recordings are kept in {folder}.")
