"""The lesson screen's instructor mode: confirmed once, said all the time, left as easily."""

from __future__ import annotations

from typing import Any, cast

from textual.reactive import reactive

from tutor.lesson.problem import Problem
from tutor.ui.dialogs.confirm import Confirm
from tutor.ui.instructor.carrying_out import carry_out_choice
from tutor.ui.instructor.choices import LEAVE, PRESENT, REFERENCE, Choice, choices
from tutor.ui.instructor.menu import InstructorMenu
from tutor.ui.instructor.presenter import PresenterScreen
from tutor.ui.instructor.reference import ReferenceScreen
from tutor.ui.screens.intents import IntentScreen
from tutor.ui.widgets.top_bar import TopBar

QUESTION = (
    "Instructor mode is for those who teach: it shows the reference solutions, sets the stage for a step, and breaks"
    " things on purpose to show what happens. Open it?"
)


class TeachingScreen(IntentScreen):
    instructing: reactive[bool] = reactive(False, init=False)

    def on_mount(self) -> None:
        self.instructing = self.lesson.instructing

    def watch_instructing(self, instructing: bool) -> None:
        self.query_one(TopBar).instructing = instructing

    def action_instructor(self) -> None:
        if self.instructing:
            self._open_menu()
        else:
            self.app.push_screen(Confirm(QUESTION, yes="Yes, I teach", title="Instructor mode"), self._begin)

    def _begin(self, yes: bool | None) -> None:
        if yes:
            self.instructing = True
            self._open_menu()

    def _open_menu(self) -> None:
        instructor, link = self.lesson.instructor, self.view.connection
        where = f"{link.context}, namespace {link.namespace}" if link.context else "no cluster"
        offered = choices(self.step, instructor.faults, instructor.backups())
        self.app.push_screen(InstructorMenu(offered, where), self._chosen)

    def _chosen(self, choice: Choice | None) -> None:
        if choice is None:
            return
        if choice.id == LEAVE:
            self.instructing = False
        elif choice.id == REFERENCE:
            self.action_reference()
        elif choice.id == PRESENT:
            self.action_present()
        else:
            slug = self.view.current
            self.act(lambda: carry_out_choice(cast(Any, self), self.lesson.instructor, choice, slug))

    def action_reference(self) -> None:
        if not self.instructing and self.view.passed_at is None:
            self.notify("The reference opens when the step is passed. The hints lead you on: h.")
            return
        step = self.step
        try:
            comparison = self.lesson.instructor.compare(step.slug)
        except Problem as problem:
            self.notify(str(problem), severity="warning", markup=False)
            return
        if not comparison.files and not self.instructing and not comparison.other_ways:
            self.notify("This step writes no file: there is no reference to show.")
            return
        title = f"{step.number}. {step.title}: the reference"
        self.app.push_screen(ReferenceScreen(title, comparison, notes=self.instructing))

    def action_present(self) -> None:
        self.app.push_screen(PresenterScreen(self.lesson))
