"""The live view with the whole screen: for a closer look, and for a room that looks at the wall."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from tutor.lesson.view import LessonPort, LessonView
from tutor.ui.live.panel import LivePanel
from tutor.ui.live.rates import next_rate
from tutor.ui.live.saving import save_window


class LiveScreen(Screen[None]):
    """Follows the lesson itself, so that it can stand above any other screen."""

    DEFAULT_CSS = """
    LiveScreen > #live-title { height: 1; background: $primary-muted; text-style: bold; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Close"),
        Binding("t", "traffic", "Calls on or off", show=False),
        Binding("T", "rate", "Calls more often", show=False),
    ]

    def __init__(self, lesson: LessonPort) -> None:
        super().__init__()
        self.lesson = lesson
        self._said = ""

    def compose(self) -> ComposeResult:
        yield Static(id="live-title")
        yield LivePanel(clock=self.lesson.now)

    def on_mount(self) -> None:
        self.query_one(LivePanel).focus()
        self.run_worker(self._follow(), group="live-view")

    async def _follow(self) -> None:
        view = self.lesson.view
        while True:
            self.show(view)
            view = await self.lesson.changed(view.version)

    def show(self, view: LessonView) -> None:
        connection = view.connection
        where = f"{connection.context} · namespace {connection.namespace}" if connection.context else ""
        title = "  ·  ".join(part for part in ("Esc closes", self._title(view), where) if part)
        if title != self._said:
            # Not each time: what is drawn in one go reaches from the first changed line to the last.
            self._said = title
            self.query_one("#live-title", Static).update(title, layout=False)
        self.query_one(LivePanel).show(view, self.lesson.timeline, self.lesson.now())

    def _title(self, view: LessonView) -> str:
        step = next((step for step in view.steps if step.slug == view.current), None)
        return f"{step.number}. {step.title}" if step is not None else "Live"

    def action_traffic(self) -> None:
        self.query_one(LivePanel).action_traffic()

    async def action_rate(self) -> None:
        await self.lesson.set_rate(next_rate(self.lesson.view.traffic.rate))

    async def on_live_panel_traffic_toggled(self, event: LivePanel.TrafficToggled) -> None:
        event.stop()
        await self.lesson.set_traffic(event.running)

    def on_live_panel_export_requested(self, event: LivePanel.ExportRequested) -> None:
        event.stop()
        title = self._title(self.lesson.view)
        workspace = self.lesson.path_of("")
        save_window(
            self.app, self.lesson.timeline, workspace, event.kind, event.end, event.per_cell, event.cells, title
        )
