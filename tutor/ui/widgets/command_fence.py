"""A block of commands, or of what they print: commands wrap, tables fit, and a click copies."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Label
from textual.widgets.markdown import MarkdownFence

from tutor.ui.widgets.fit_table import fit_table

COMMANDS = ("kubectl", "minikube", "homics-tutor", "eval", "cd", "export")
"""What a command of the course begins with."""


class CommandFence(MarkdownFence):
    DEFAULT_CSS = """
    CommandFence { margin: 0 0 1 0; background: $panel; color: $foreground; pointer: pointer; }
    CommandFence:hover { background: $boost; }
    CommandFence > Label { padding: 0 1; }
    CommandFence.-commands { overflow: hidden hidden; }
    CommandFence.-commands > Label { width: 1fr; height: auto; }
    """

    class Copied(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        """Blocks without a language are commands and what they print: to guess one would take a tenth of a second."""
        return super().highlight(code, language, ansi, dark) if language else Content(code.rstrip("\n"))

    def on_mount(self) -> None:
        self.set_class(bool(commands_of(self.code)), "-commands")

    def on_resize(self) -> None:
        if not self.has_class("-commands"):
            self._fit()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._fit()

    def _fit(self) -> None:
        if self.size.width:
            text = fit_table(self.code.rstrip(), self.size.width - 2)
            for label in self.query(Label):
                label.update(Content(text) if text != self.code.rstrip() else self._highlighted_code)

    def on_click(self, event: events.Click) -> None:
        if not self.screen.get_selected_text():
            event.stop()
            self.post_message(self.Copied(self.code.strip()))


def commands_of(code: str) -> tuple[str, ...]:
    """The lines of a block that a shell would take."""
    return tuple(line.strip() for line in code.splitlines() if line.split(" ")[0] in COMMANDS)


def commands_in(text: str) -> tuple[str, ...]:
    """The commands of a Markdown text, each once."""
    found: dict[str, None] = {}
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
        elif inside:
            found.update(dict.fromkeys(commands_of(line)))
    return tuple(found)
