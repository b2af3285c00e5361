"""The first row: what this is, how far the learner is, and the cluster."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.lesson.view import ConnectionView
from tutor.ui.widgets.badge import ConnectionBadge


class TopBar(Horizontal):
    DEFAULT_CSS = """
    TopBar { height: 1; background: $panel; }
    TopBar > #course { width: auto; padding: 0 1; }
    TopBar > #teaching { width: auto; padding: 0 1; background: $accent; color: $background; text-style: bold; }
    TopBar > #progress { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    course: reactive[str] = reactive("")
    passed: reactive[int] = reactive(0)
    total: reactive[int] = reactive(0)
    step: reactive[str] = reactive("")
    """Number and title of the current step, for layouts in which the list is not seen."""
    instructing: reactive[bool] = reactive(False)
    room: reactive[int] = reactive(160)
    """Cells of the whole row."""

    def compose(self) -> ComposeResult:
        yield Static(id="course")
        yield Static(id="progress")
        yield Static("INSTRUCTOR", id="teaching")
        yield ConnectionBadge()

    def show_connection(self, connection: ConnectionView) -> None:
        self.query_one(ConnectionBadge).connection = connection

    def watch_course(self) -> None:
        self._draw()

    def watch_passed(self) -> None:
        self._draw()

    def watch_total(self) -> None:
        self._draw()

    def watch_step(self) -> None:
        self._draw()

    def watch_instructing(self) -> None:
        self._draw()

    def watch_room(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.children:
            return
        course = self.query_one("#course", Static)
        course.display = self.room >= 100
        course.update(Content.assemble(("homics-tutor", "bold $text-primary"), ("  " + self.course, "$foreground 60%")))
        bar = "▰" * self.passed + "▱" * (self.total - self.passed)
        counted = f"{self.passed} of {self.total} passed"
        if self.room >= 100:
            said = Content.assemble((bar, "$text-success"), f"  {counted}")
        elif self.room >= 60:
            said = Content.assemble((f"{self.passed}/{self.total}  ", "$text-success"), self.step)
        else:
            said = Content.styled(f"{self.passed}/{self.total}", "$text-success")
        self.query_one("#progress", Static).update(said)
        teaching = self.query_one("#teaching", Static)
        teaching.display = self.instructing
        teaching.update("INSTRUCTOR" if self.room >= 60 else "I")
        self.query_one(ConnectionBadge).brief = self.room < 100

    def on_mount(self) -> None:
        self._draw()
