"""A row of names, one of which is chosen: the panes, and the files of a step."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Name:
    id: str
    label: str
    key: str = ""
    badge: str = ""
    """A short addition such as "✗2"."""
    badge_style: str = ""

    @property
    def text(self) -> str:
        return f" {self.key + ' ' if self.key else ''}{self.label}{' ' + self.badge if self.badge else ''} "


class NameStrip(Widget):
    """Shows as many names as there is room for; the chosen one is always among them."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    NameStrip { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: clip; pointer: pointer; }
    """

    names: reactive[tuple[Name, ...]] = reactive(())
    chosen: reactive[str] = reactive("")
    hovered: reactive[str] = reactive("")

    class Chosen(Message):
        def __init__(self, strip: NameStrip, name: str) -> None:
            super().__init__()
            self.strip = strip
            self.name = name

        @property
        def control(self) -> NameStrip:
            return self.strip

    def render(self) -> Content:
        parts: list[Content | tuple[str, str]] = []
        first = self._first()
        if first:
            parts.append(("‹", "bold $text-primary"))
        for name in self.names[first:]:
            parts.append(self._drawn(name))
        drawn = Content.assemble(*parts)
        if drawn.cell_length <= self.size.width:
            return drawn
        return drawn.truncate(max(self.size.width - 1, 1)) + Content.styled("›", "bold $text-primary")

    def _drawn(self, name: Name) -> Content:
        if name.id == self.chosen:
            return Content.styled(name.text, "bold underline $background on $primary")
        text = name.text
        drawn = Content.styled(text, "$foreground on $boost" if name.id == self.hovered else "$foreground 80%")
        if name.key:
            drawn = drawn.stylize("$text-primary 80%", 1, 1 + len(name.key))
        if name.badge:
            drawn = drawn.stylize(f"bold {name.badge_style}".strip(), len(text) - 1 - len(name.badge), len(text) - 1)
        return drawn

    def _first(self) -> int:
        """How many names are left out in front so that the chosen one is seen whole."""
        widths = [len(name.text) for name in self.names]
        at = next((index for index, name in enumerate(self.names) if name.id == self.chosen), 0)
        first = 0
        while first < at and sum(widths[first : at + 1]) + (2 if first else 1) > self.size.width:
            first += 1
        return first

    def _at(self, x: int) -> str:
        first = self._first()
        edge = 1 if first else 0
        for name in self.names[first:]:
            edge += len(name.text)
            if x < edge:
                return name.id
        return ""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if chosen := self._at(event.x):
            self.post_message(self.Chosen(self, chosen))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.hovered = self._at(event.x)

    def on_leave(self) -> None:
        self.hovered = ""
