"""Which command opens a file at a line in the learner's editor, and whether it takes the terminal."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WINDOWED = frozenset(
    {
        "code", "code-insiders", "codium", "vscodium", "cursor", "subl", "sublime_text", "gedit", "kate", "gvim",
        "mate", "notepad", "notepad++", "idea", "pycharm", "zed", "xed", "pluma", "mousepad", "bbedit", "open",
    }
)  # fmt: skip
"""Editors with a window of their own: the screen stays while they are open."""
PLUS = frozenset(
    {"vi", "vim", "nvim", "gvim", "nano", "pico", "emacs", "emacsclient", "micro", "joe", "ne", "kak", "gedit", "jed"}
)
"""Editors that take `+LINE FILE`."""
COLON = frozenset({"hx", "helix", "subl", "zed"})
"""Editors that take `FILE:LINE`."""
GOTO = frozenset({"code", "code-insiders", "codium", "vscodium", "cursor"})
"""Editors that take `--goto FILE:LINE`."""
DEFAULTS = ("nano", "vim", "vi") if os.name != "nt" else ("notepad",)


@dataclass(frozen=True, slots=True)
class EditorCommand:
    argv: tuple[str, ...]
    windowed: bool
    """Opens a window of its own; else it needs the terminal to itself."""


def editor_command(file: Path, line: int | None, environment: Mapping[str, str]) -> EditorCommand | None:
    """The command for `file` at `line` (from 1), from VISUAL, EDITOR, else what is installed. None: there is none."""
    chosen = environment.get("VISUAL") or environment.get("EDITOR") or ""
    words = _words(chosen) or [next((name for name in DEFAULTS if shutil.which(name)), "")]
    if not words[0]:
        return None
    name = Path(words[0]).name.lower().removesuffix(".exe").removesuffix(".cmd")
    return EditorCommand((*words, *_place(name, str(file), line or 1)), name in WINDOWED)


def _words(command: str) -> list[str]:
    try:
        return [word.strip('"') for word in shlex.split(command, posix=os.name != "nt")]
    except ValueError:
        return command.split()


def _place(name: str, file: str, line: int) -> tuple[str, ...]:
    if name in GOTO:
        return ("--goto", f"{file}:{line}")
    if name in PLUS:
        return (f"+{line}", file)
    return (f"{file}:{line}",) if name in COLON else (file,)
