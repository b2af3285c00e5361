"""A text of the course as Markdown, which scrolls."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownBlock

from tutor.ui.widgets.command_fence import CommandFence
from tutor.ui.widgets.course_table import CourseTable


class CourseMarkdown(Markdown):
    BLOCKS: dict[str, type[MarkdownBlock]] = {  # noqa: RUF012 - as Textual declares it
        **Markdown.BLOCKS,
        "fence": CommandFence,
        "code_block": CommandFence,
        "table_open": CourseTable,
    }


class StepText(VerticalScroll, can_focus=True):
    DEFAULT_CSS = """
    StepText { height: 1fr; scrollbar-size-vertical: 1; }
    StepText CourseMarkdown { padding: 0 2 1 2; }
    StepText MarkdownHeader { content-align: left middle; color: $text-primary; text-style: bold; margin: 1 0; }
    StepText MarkdownParagraph { margin: 0 0 1 0; }
    StepText MarkdownBulletList { margin: 0 0 1 0; }
    StepText MarkdownOrderedList { margin: 0 0 1 0; }
    StepText MarkdownTable { margin: 0 0 1 0; }
    StepText MarkdownBlock:dark > .code_inline { background: $panel; color: $text-primary; }
    StepText MarkdownBlock:light > .code_inline { background: $panel; color: $text-primary; }
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
