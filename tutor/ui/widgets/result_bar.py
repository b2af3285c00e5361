"""The last command, as the learner would have typed it, and what it said."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from tutor.lesson.view import ActionResult
from tutor.ui.widgets.chip import Chip

READING = 8.0
"""Seconds that an answer stays, also where it is overtaken by then."""
PER_LINE = 2.0
"""Seconds more for each line beyond the second."""


class ResultBar(Horizontal):
    """Hidden until something was done, and after Escape; what has been overtaken goes by itself, once it was read."""

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

    _unread: Timer | None = None
    _overtaken = False

    def watch_result(self, result: ActionResult | None) -> None:
        if self._unread is not None:
            self._unread.stop()
        self._unread, self._overtaken = None, False
        if result is not None:
            lines = len(result.message.splitlines()) + bool(result.command)
            self._unread = self.set_timer(READING + PER_LINE * max(lines - 2, 0), self.read)
        self._draw()

    def judged(self) -> None:
        """The step was judged anew: what went well is told by that now. A refusal is not: it asks for something."""
        if self.result is not None and self.result.ok:
            self._overtake()

    def saved(self) -> None:
        """The learner wrote something new: what was said of the files before is old."""
        if self.result is not None and not self.result.ok:
            self.result = None
        else:
            self._overtake()

    def _overtake(self) -> None:
        self._overtaken = True
        if self._unread is None:
            self.result = None

    @property
    def was_read(self) -> bool:
        """Whether there was time to read it."""
        return self._unread is None

    def read(self) -> None:
        """The time to read it is over."""
        if self._unread is not None:
            self._unread.stop()
            self._unread = None
        if self._overtaken:
            self.result = None

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
