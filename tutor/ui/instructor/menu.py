"""The instructor's menu: one list, its groups apart, what each choice does below its name."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.markup import escape
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.ui.instructor.choices import Choice
from tutor.ui.widgets.chip import Chip
from tutor.ui.widgets.hanging import hanging

WIDEST = 96
"""Cells."""


class InstructorMenu(ModalScreen[Choice | None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,i", "close", "Close")]
    DEFAULT_CSS = """
    InstructorMenu { align: center middle; }
    InstructorMenu > Vertical { width: 100%; max-width: 96; height: 100%; max-height: 42; padding: 0 1; }
    InstructorMenu > Vertical { background: $surface; border: round $accent; }
    InstructorMenu OptionList { border: none; background: $surface; height: 1fr; padding: 0; }
    InstructorMenu OptionList:focus { border: none; background-tint: $foreground 0%; }
    InstructorMenu OptionList > .option-list--option-disabled { color: $text-accent; text-style: bold; }
    InstructorMenu Horizontal { height: 1; }
    """

    def __init__(self, offered: tuple[Choice, ...], where: str) -> None:
        """`where`: the context and namespace that the choices act on."""
        super().__init__()
        self.offered = offered
        self.where = where

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Instructor"
            box.border_subtitle = escape(self.where)
            yield OptionList(*self._options())
            with Horizontal():
                yield Chip("Close", "Esc", "close", id="close-menu")

    def _options(self) -> list[Option]:
        options: list[Option] = []
        for group, members in groupby(self.offered, key=lambda choice: choice.group):
            options.append(Option(Content(group), disabled=True))
            options += [Option(_prompt(choice, WIDEST), id=choice.id) for choice in members]
        return options

    def on_resize(self) -> None:
        listed = self.query_one(OptionList)
        width = min(self.size.width, WIDEST) - 10
        for choice in self.offered:
            listed.replace_option_prompt(choice.id, _prompt(choice, width))

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(next(choice for choice in self.offered if choice.id == event.option_id))

    def action_close(self) -> None:
        self.dismiss(None)

    async def on_chip_pressed(self, event: Chip.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)


def _prompt(choice: Choice, width: int) -> Content:
    title = hanging(Content("  "), Content(choice.title), width)
    if not choice.detail:
        return title
    return title + "\n" + hanging(Content("    "), Content.styled(choice.detail, "$foreground 60%"), width)
