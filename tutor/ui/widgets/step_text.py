"""A text of the course as Markdown. A click on a block of commands copies it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock, MarkdownFence


class CommandFence(MarkdownFence):
    """A block of commands, or of output; a click copies what it says."""

    class Copied(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def on_click(self, event: events.Click) -> None:
        if self.screen.get_selected_text():
            return
        event.stop()
        self.post_message(self.Copied(self.code.strip()))


class CourseMarkdown(Markdown):
    BLOCKS: dict[str, type[MarkdownBlock]] = {  # noqa: RUF012 - as Textual declares it
        **Markdown.BLOCKS,
        "fence": CommandFence,
        "code_block": CommandFence,
    }


class StepText(VerticalScroll, can_focus=True):
    """A Markdown text that scrolls."""

    DEFAULT_CSS = """
    StepText { height: 1fr; scrollbar-size-vertical: 1; }
    StepText CourseMarkdown { padding: 0 2 1 2; }
    StepText MarkdownH1 { content-align: left middle; margin: 1 0 1 0; color: $text-primary; text-style: bold; }
    StepText MarkdownH2 { margin: 1 0 1 0; color: $text-primary; text-style: bold; }
    StepText MarkdownH3 { margin: 1 0 1 0; color: $text-primary; text-style: bold; }
    StepText MarkdownParagraph { margin: 0 0 1 0; }
    StepText CommandFence { margin: 0 0 1 0; background: $panel; color: $foreground; pointer: pointer; }
    StepText CommandFence:hover { background: $boost; }
    StepText CommandFence > Label { padding: 0 2; }
    StepText MarkdownTable { margin: 0 0 1 0; }
    StepText MarkdownBlock > .code_inline { background: $panel; color: $text-primary; }
    """

    text: reactive[str] = reactive("")

    def compose(self) -> ComposeResult:
        yield CourseMarkdown(open_links=True)

    async def watch_text(self, text: str) -> None:
        if self.children:
            self.scroll_home(animate=False)
            await self.query_one(CourseMarkdown).update(text)

    async def on_mount(self) -> None:
        if self.text and self.query_one(CourseMarkdown).source != self.text:
            await self.query_one(CourseMarkdown).update(self.text)


def commands_in(text: str) -> tuple[str, ...]:
    """The commands of a Markdown text: the lines of its code blocks that a shell would take."""
    found: dict[str, None] = {}
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
        elif inside and line.split(" ")[0] in ("kubectl", "minikube", "homics-tutor", "eval"):
            found[line.strip()] = None
    return tuple(found)
