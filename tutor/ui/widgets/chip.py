"""A button of one row: its key and its label. A click does what the key does."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Chip(Widget):
    """Not in the tab order: its key reaches it from anywhere."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Chip {
        width: auto;
        height: 1;
        min-width: 4;
        padding: 0 1;
        margin: 0 1 0 0;
        background: $boost;
        color: $foreground;
        text-wrap: nowrap;
        pointer: pointer;
    }
    Chip:hover { background: $secondary; }
    Chip.-primary { background: $primary; color: $background; text-style: bold; }
    Chip.-primary:hover { background: $primary 80%; }
    Chip.-wanted { background: $secondary; text-style: bold; }
    """

    label: reactive[str] = reactive("", layout=True)

    class Pressed(Message):
        def __init__(self, chip: Chip) -> None:
            super().__init__()
            self.chip = chip
            self.action = chip.action

        @property
        def control(self) -> Chip:
            return self.chip

    def __init__(self, label: str, key: str, action: str, *, id: str, classes: str = "") -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.key = key
        self.action = action
        """The screen's action, as in its bindings."""
        self.set_reactive(Chip.label, label)

    @property
    def cells(self) -> int:
        """How wide it is, also before it was laid out."""
        return len(self.key) + len(self.label) + 3

    def render(self) -> Content:
        key = "bold" if self.has_class("-primary") else "bold $text-primary"
        return Content.assemble((f"{self.key} ", key), self.label)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Pressed(self))
