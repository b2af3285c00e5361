"""Offers the starters of files that are missing when a step is entered; nothing is written unasked."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.ui.widgets.chip import Chip
from tutor.ui.words import short_path

NAMED = 2
"""Files that are named one by one; of more than these, the folders are."""


class Offer(Horizontal):
    DEFAULT_CSS = """
    Offer { height: auto; max-height: 3; display: none; background: $primary-muted; padding: 0 0 0 1; }
    Offer > Static { width: 1fr; height: auto; max-height: 3; }
    Offer > Chip { margin: 0 0 0 1; }
    """

    missing: reactive[tuple[str, ...]] = reactive(())
    """Paths that a starter can be had for."""

    def compose(self) -> ComposeResult:
        yield Static(id="offered")
        yield Chip("Write the starters", "s", "starters", id="offer-write", classes="-primary")

    def on_mount(self) -> None:
        self._draw()

    def watch_missing(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.children:
            return
        self.display = bool(self.missing)
        names = ", ".join(short_path(path) for path in self.missing)
        if len(self.missing) > NAMED:
            folders = dict.fromkeys(short_path(path).rpartition("/")[0] for path in self.missing)
            names = f"{len(self.missing)} files in {', '.join(folders)}"
        self.query_one("#offered", Static).update(
            Content.assemble(("Not there yet: ", "bold $text-primary"), names, ". Begin with the starters?")
        )
