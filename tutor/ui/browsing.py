"""Opens a page in the learner's browser, where there is one that has a window of its own."""

from __future__ import annotations

import webbrowser
from pathlib import Path

IN_THE_TERMINAL = frozenset({"www-browser", "links", "links2", "elinks", "lynx", "w3m", "browsh"})
"""Browsers that would draw over the screen."""


def open_page(url: str) -> str:
    """Returns what the learner reads of it. Blocks: some browsers are waited for."""
    try:
        browser = webbrowser.get()
        opened = Path(getattr(browser, "name", "")).name not in IN_THE_TERMINAL and browser.open(url)
    except (webbrowser.Error, OSError):
        opened = False
    return f"Handed to your browser: {url}" if opened else f"No browser could be opened from here. The page is {url}"
