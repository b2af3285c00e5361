"""A text to read and close: welcome, cheat sheet, help, the cluster."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widget import Widget

from tutor.ui.widgets.chip import Chip
from tutor.ui.widgets.command_fence import CommandFence
from tutor.ui.widgets.step_text import StepText


class Reader(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark,k,w", "close", "Close"),
        Binding("m", "app.mouse", show=False),
    ]
    DEFAULT_CSS = """
    Reader { align: center middle; }
    Reader > Vertical { width: 100%; max-width: 100; height: 100%; max-height: 46; }
    Reader > Vertical { background: $surface; border: round $primary; }
    Reader StepText { background: $surface; }
    Reader Horizontal { height: 1; padding: 0 2; }
    """

    def __init__(self, title: str, text: str | Widget, close: str = "Close") -> None:
        """`text`: Markdown, or a widget that scrolls."""
        super().__init__()
        self.box_title = title
        self.body = _markdown(text) if isinstance(text, str) else text
        self.close_label = close

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = escape(self.box_title)
            yield self.body
            with Horizontal():
                yield Chip(self.close_label, "Esc", "close", id="close-reader", classes="-primary")

    def on_mount(self) -> None:
        self.body.focus()

    def action_close(self) -> None:
        self.dismiss(None)

    async def on_chip_pressed(self, event: Chip.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)

    def on_command_fence_copied(self, event: CommandFence.Copied) -> None:
        event.stop()
        self.app.copy_to_clipboard(event.text)


def _markdown(text: str) -> StepText:
    reader = StepText()
    reader.text = text
    return reader
