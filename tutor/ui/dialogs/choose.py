"""A short list to choose one line from: a command to copy."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Choose(ModalScreen[str | None]):
    """Ends with the chosen line, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "cancel", "Close")]
    DEFAULT_CSS = """
    Choose { align: center middle; }
    Choose > Vertical { width: 90%; max-width: 100; height: auto; max-height: 90%; padding: 0 1; }
    Choose > Vertical { background: $surface; border: round $primary; }
    Choose OptionList { border: none; background: $surface; height: auto; padding: 0; }
    Choose OptionList:focus { border: none; }
    """

    def __init__(self, title: str, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.box_title = title
        self.lines = lines

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self.box_title
            box.border_subtitle = "Enter chooses, Esc closes"
            yield OptionList(*(Option(Content(line)) for line in self.lines))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.lines[event.option_index])

    def action_cancel(self) -> None:
        self.dismiss(None)
