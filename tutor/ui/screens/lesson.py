"""The lesson: draws each new `LessonView`, leads from finding to finding, and says well done.

Built in layers: `panes_screen` (what stands where), `intents` (what the learner asks for), `teaching` (instructor
mode), and this.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tutor.core.finding import Finding
from tutor.lesson.view import Connection, LessonView, StepState
from tutor.ui.keys import bindings
from tutor.ui.screens.drawing import draw
from tutor.ui.screens.teaching import TeachingScreen
from tutor.ui.short_words import overtaken
from tutor.ui.widgets.celebration import Celebration
from tutor.ui.widgets.code import CodeView
from tutor.ui.widgets.files_pane import FilesPane
from tutor.ui.widgets.finding_list import FindingList, in_order
from tutor.ui.widgets.result_bar import ResultBar
from tutor.ui.words import is_problem


class LessonScreen(TeachingScreen):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    drawable = False
    """All widgets are there: from the mounting on, after their own."""

    def on_mount(self) -> None:
        self.drawable = True
        self.place_panes()
        self.show(self.lesson.view)
        self.query_one("#task").focus()

    def show(self, view: LessonView) -> None:
        """Draw what differs from what was drawn last."""
        before, self.view = self.view, view
        if not self.drawable:
            return
        moved = view.current != before.current
        draw(self, view, self.lesson.timeline, self.lesson.now())
        if moved:
            self.selected = None
            self.query_one(Celebration).end()
            # What the last command said belongs to the step before.
            self.query_one(ResultBar).result = None
            overtaken(self.app)
            # A step begins with its text.
            self.pane = "task"
        else:
            self._overtake_result(before, view)
        if before.connection.state is Connection.LOST and view.connection.state is Connection.CONNECTED:
            self._forget_the_refused()
        if self.selected not in view.findings:
            self.selected = next((f for f in in_order(view.findings) if is_problem(f)), None)
            self._bring_into_view(self.selected)
        self.name_panes()
        if view.passed_at is not None and before.passed_at is None and not moved:
            self._celebrate()

    def _overtake_result(self, before: LessonView, view: LessonView) -> None:
        bar = self.query_one(ResultBar)
        if (view.verdict, view.findings) != (before.verdict, before.findings):
            bar.judged()
        texts = {file.path: file.text for file in before.files if file.exists}
        if any(file.text != texts.get(file.path, file.text) for file in view.files):
            bar.saved()

    def _forget_the_refused(self) -> None:
        """A cluster that is back does what it could not do while it was away: nothing says otherwise any more."""
        bar = self.query_one(ResultBar)
        if bar.result is not None and not bar.result.ok:
            bar.result = None

    def _celebrate(self) -> None:
        step = self.step
        course = [other for other in self.view.steps if not other.bonus]
        left = [other for other in course if self.view.states.get(other.slug) is not StepState.PASSED]
        said = f"Step {step.number} passed" if left or step.bonus else "You have done the exercise!"
        self.query_one(Celebration).celebrate(said)
        if "check" not in self.arranged.seen(self.pane):
            told = said if said.endswith("!") else f"{said}."
            self.notify(f"✓ {told} d tells what happened and why; n goes on.", timeout=8, markup=False)

    # Findings.

    def place_panes(self) -> None:
        super().place_panes()
        self._tell_once()

    def on_files_pane_shown(self) -> None:
        self._tell_once()

    def _tell_once(self) -> None:
        """What a file on the screen tells in full, the list of findings tells in a line."""
        shown = {self.query_one(FilesPane).shown} if self.pane == "files" else set()
        self.query_one(FindingList).told_elsewhere = frozenset(shown)

    def watch_selected(self, finding: Finding | None) -> None:
        self.query_one(FindingList).selected = finding
        self.query_one(FilesPane).selected = finding

    def action_finding(self, by: int) -> None:
        problems = [finding for finding in in_order(self.view.findings) if is_problem(finding)]
        if not problems:
            self.notify("There is nothing to mend." if self.view.findings else "Nothing was checked yet: press c.")
            return
        if self.selected not in problems:
            self._go_to(problems[0])
        elif not self._in_files(self.selected) or (self.pane == "files" and self._seen(self.selected)):
            self._go_to(problems[(problems.index(self.selected) + by) % len(problems)])
        else:
            # It was selected, but its line was not on the screen: first show that.
            self._go_to(self.selected)

    def _seen(self, finding: Finding | None) -> bool:
        return finding is not None and self.query_one(FilesPane).sees(finding)

    def _in_files(self, finding: Finding | None) -> bool:
        return finding is not None and any(file.path == finding.file for file in self.view.files)

    def _bring_into_view(self, finding: Finding | None) -> None:
        """In the file that is seen: after a save the learner stays in it, at what is to do next."""
        files = self.query_one(FilesPane)
        if finding is not None and self.pane == "files" and files.shown == finding.file and not files.sees(finding):
            files.show_finding(finding)

    def _go_to(self, finding: Finding | None) -> None:
        self.selected = finding
        if finding is None:
            return
        if self._in_files(finding):
            self.pane = "files"
            self.query_one(FilesPane).show_finding(finding)
        elif "check" not in self.arranged.fixed:
            self.pane = "check"

    def on_finding_list_selected(self, event: FindingList.Selected) -> None:
        self._go_to(event.finding)

    def on_finding_list_moved(self, event: FindingList.Moved) -> None:
        self.selected = event.finding
        if self.pane == "files":
            self.query_one(FilesPane).show_finding(event.finding)

    def on_code_view_finding_clicked(self, event: CodeView.FindingClicked) -> None:
        self.selected = event.finding

    def action_file(self, by: int) -> None:
        self.pane = "files"
        self.query_one(FilesPane).move(by)
