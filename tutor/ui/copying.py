"""The clipboard: reached by the system's own command where there is one, and by way of the terminal anywhere.

The terminal is told by OSC 52, and does not answer whether it heeds it: so no more is said than is known.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping

ENOUGH = 2.0
"""Seconds that the system's command may take."""
SHOWN = 60
"""Characters of a copied text that are told."""


def copier(platform: str, environment: Mapping[str, str], which: Callable[[str], str | None]) -> tuple[str, ...] | None:
    """The command that reads what is to be copied from its standard input. None: there is none, or it would reach the
    clipboard of another machine than the learner's."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return None
    offered: list[tuple[str, ...]] = []
    if platform == "darwin":
        offered.append(("pbcopy",))
    if environment.get("WAYLAND_DISPLAY"):
        offered.append(("wl-copy",))
    if environment.get("DISPLAY"):
        offered += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    return next((command for command in offered if which(command[0])), None)


def copied(command: tuple[str, ...], text: str) -> bool:
    """Whether the system's command took the text. Blocks up to `ENOUGH` seconds."""
    quiet = subprocess.DEVNULL
    try:
        ended = subprocess.run(command, input=text.encode(), stdout=quiet, stderr=quiet, timeout=ENOUGH, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def told(text: str, *, sure: bool) -> str:
    """What the learner reads of it."""
    first, *more = text.strip().splitlines() or [""]
    short = first[:SHOWN] + (" …" if more or len(first) > SHOWN else "")
    if sure:
        return f"Copied: {short}"
    return (
        f"Sent to your terminal's clipboard: {short}\n"
        "If pasting brings nothing, your terminal does not allow it: press m, then select the text with the mouse."
    )
