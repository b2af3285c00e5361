"""Asks before the first write to a cluster: what, where, with which command."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.ui.widgets.chip import Chip


class Confirm(ModalScreen[bool]):
    """Ends with True for yes. Enter takes the answer that is drawn as a button: yes, as with any other dialog."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
    ]
    DEFAULT_CSS = """
    Confirm { align: center middle; }
    Confirm > Vertical { width: 90%; max-width: 84; height: auto; max-height: 90%; padding: 1 2; overflow-y: auto; }
    Confirm > Vertical { background: $surface; border: round $warning; }
    Confirm Static { height: auto; margin-bottom: 1; }
    Confirm #confirm-command { background: $panel; padding: 0 1; color: $text-primary; text-style: bold; }
    Confirm Horizontal { height: 1; }
    """

    def __init__(
        self,
        question: str,
        command: str = "",
        yes: str = "Yes",
        no: str = "No",
        title: str = "Before anything is changed",
    ) -> None:
        super().__init__()
        self.box_title = title
        self.question = question
        self.command = command
        self.yes = yes
        self.no = no

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self.box_title
            yield Static(Content(self.question), id="confirm-question")
            if self.command:
                yield Static(Content(self.command), id="confirm-command")
            with Horizontal():
                yield Chip(self.yes, "y", "answer(True)", id="confirm-yes", classes="-primary")
                yield Chip(self.no, "n", "answer(False)", id="confirm-no")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)

    async def on_chip_pressed(self, event: Chip.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)
