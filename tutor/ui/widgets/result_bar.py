"""The last command, as the learner would have typed it, and what it said."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.lesson.view import ActionResult
from tutor.ui.widgets.chip import Chip


class ResultBar(Horizontal):
    """Hidden until something was done, and after Escape."""

    DEFAULT_CSS = """
    ResultBar { height: auto; max-height: 7; display: none; background: $boost; padding: 0 0 0 1; }
    ResultBar > #said { width: 1fr; height: auto; max-height: 7; scrollbar-size-vertical: 1; }
    ResultBar > #said > Static { height: auto; }
    """

    result: reactive[ActionResult | None] = reactive(None)
    running: reactive[str] = reactive("")
    """The command that is under way; empty when none is."""
    progress: reactive[tuple[str, ...]] = reactive(())
    """What it said so far."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="said", can_focus=False):
            yield Static(id="result-text")
        yield Chip("Close", "Esc", "dismiss_result", id="close-result")

    def watch_result(self) -> None:
        self._draw()

    def watch_running(self) -> None:
        self.progress = ()
        self._draw()

    def watch_progress(self) -> None:
        self._draw()
        self.query_one("#said").scroll_end(animate=False)

    def on_mount(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.children:
            return
        result = self.result
        self.display = bool(self.running) or result is not None
        if self.running:
            text = Content.assemble(("$ ", "bold $text-primary"), (self.running, "bold"), ("  …", "$foreground 60%"))
            text = Content("\n").join([text, *self.progress])
        elif result is not None:
            sign, style = ("✓", "$text-success") if result.ok else ("✗", "$text-error")
            command = Content.assemble(("$ ", "bold $text-primary"), (result.command, "bold"), "\n")
            said = Content.assemble((f"{sign} ", f"bold {style}"), result.message)
            text = (command if result.command else Content("")) + said
        else:
            text = Content("")
        self.query_one("#result-text", Static).update(text)
