"""The live view with large figures, for a room that looks at the wall. The terminal's own zoom does the rest."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult

from tutor.lesson.view import LessonView
from tutor.ui.instructor.figures import BigFigures, figures
from tutor.ui.live.screen import LiveScreen

LEAST = 20
"""Rows from which there is room for the figures."""


class PresenterScreen(LiveScreen):
    def compose(self) -> ComposeResult:
        title, *rest = super().compose()
        yield title
        yield BigFigures()
        yield from rest

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(BigFigures).display = event.size.height >= LEAST

    def show(self, view: LessonView) -> None:
        super().show(view)
        self.query_one(BigFigures).shown = figures(view.snapshot, self.lesson.timeline, self.lesson.now())
