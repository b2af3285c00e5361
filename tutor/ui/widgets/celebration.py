"""A line that says well done for a while. It is in nobody's way: nothing waits for it."""

from __future__ import annotations

from itertools import cycle

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

SPARKS = ("✦ · ✧ ", "· ✧ ✦ ", "✧ ✦ · ")
LASTS = 6.0
"""Seconds."""
BLINK = 0.4


class Celebration(Static):
    DEFAULT_CSS = """
    Celebration { height: 1; display: none; background: $success; color: $background; text-style: bold; }
    Celebration { content-align: center middle; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    said: reactive[str] = reactive("")
    _blinking: Timer | None = None

    def celebrate(self, said: str) -> None:
        self.end()
        self.said = said
        self.display = True
        sparks = cycle(SPARKS)
        self._draw(next(sparks))
        if self.app.animation_level != "none":
            self._blinking = self.set_interval(BLINK, lambda: self._draw(next(sparks)), repeat=int(LASTS / BLINK))
        self.set_timer(LASTS, self.end)

    def end(self) -> None:
        if self._blinking is not None:
            self._blinking.stop()
            self._blinking = None
        self.display = False

    def _draw(self, sparks: str) -> None:
        self.update(Content(f"{sparks} {self.said}  {sparks[::-1].strip()}"))
