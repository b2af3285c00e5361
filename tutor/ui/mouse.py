"""Turns the mouse reports of the terminal off and on: off, the terminal itself selects text as it always does.

Textual has no public call for it; the sequences are those of xterm, which every terminal with a mouse understands.
"""

from __future__ import annotations

from typing import Any

from textual.app import App

OFF = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
ON = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h"


def capture_mouse(app: App[Any], on: bool) -> None:
    driver = app._driver
    if driver is not None and not app.is_headless:
        driver.write(ON if on else OFF)
        driver.flush()
