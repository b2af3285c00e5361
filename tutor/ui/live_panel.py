"""The live panel of the lesson, or a list of the pods until there is more to see."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.core.timeline import Timeline
from tutor.kube.podstatus import pod_row
from tutor.lesson.view import LessonView


class LivePanel(VerticalScroll, can_focus=True):
    def compose(self) -> ComposeResult:
        yield Static(id="pods")

    def show(self, view: LessonView, timeline: Timeline, now: float) -> None:
        snapshot = view.snapshot
        if snapshot is None:
            self.query_one("#pods", Static).update(Content(view.connection.message))
            return
        rows = [pod_row(pod, now) for pod in snapshot.list("Pod")]
        lines = [f"{row.name:<40} {row.ready} {row.status} {row.restarts_text}" for row in rows]
        self.query_one("#pods", Static).update(Content("\n".join(lines) or "No pods."))
