"""The live panel alone on the screen, over a recording, at a moment that the test sets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.recorded import entries_of, services
from tests.ui.screen_text import screen_text
from tutor.core.pictures.drawing import UNICODE, Glyphs
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered, Entry, Timeline
from tutor.lesson.view import Connection, ConnectionView, LessonView, Traffic
from tutor.ui.live.panel import LivePanel
from tutor.ui.theme import DARK, THEMES

DEADLINE = 10.0
"""Seconds after which a test gives up on something that should have been drawn."""
VIEW = LessonView(
    (),
    {},
    "",
    ConnectionView(Connection.CONNECTED, "minikube", "default", "minikube"),
    "",
    service_urls={"gateway": "http://192.168.49.2:31317"},
    traffic=Traffic(True, "nodeport", "http://192.168.49.2:31317"),
)


class PanelApp(App[None]):
    """`moment`: seconds after the first call of the recording; entries after it have not happened yet."""

    def __init__(self, name: str, moment: float, glyphs: Glyphs = UNICODE, theme: str = DARK.name) -> None:
        super().__init__()
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme
        self.animation_level = "none"
        entries = entries_of(name)
        first = next(entry.at for entry in entries if isinstance(entry, Answered))
        self.now = first + moment
        self.timeline = Timeline(entry for entry in entries if entry.at <= self.now)
        self.rest = [entry for entry in entries if entry.at > self.now]
        listed = ClusterSnapshot("default", self.now).with_kind("Service", services(), self.now)
        self.view = replace(VIEW, snapshot=listed)
        self.panel = LivePanel(clock=lambda: self.now, glyphs=glyphs)
        self.asked: list[LivePanel.TrafficToggled | LivePanel.ExportRequested] = []

    def compose(self) -> ComposeResult:
        yield self.panel

    def on_mount(self) -> None:
        self.panel.focus()
        self.show()

    def show(self) -> None:
        self.panel.show(self.view, self.timeline, self.now)

    def pass_time(self, seconds: float) -> list[Entry]:
        """Let the recording go on."""
        self.now += seconds
        come = [entry for entry in self.rest if entry.at <= self.now]
        self.rest = [entry for entry in self.rest if entry.at > self.now]
        for entry in come:
            self.timeline.append(entry)
        return come

    def on_live_panel_traffic_toggled(self, event: LivePanel.TrafficToggled) -> None:
        self.asked.append(event)

    def on_live_panel_export_requested(self, event: LivePanel.ExportRequested) -> None:
        self.asked.append(event)


async def until(pilot: Pilot[None], holds: Callable[[str], bool]) -> str:
    """Wait until the screen is as it should be; the panel draws a few times a second by itself."""
    text = ""
    try:
        async with asyncio.timeout(DEADLINE):
            while not holds(text := screen_text(pilot.app)):
                await pilot.pause(0.02)
    except TimeoutError:
        pytest.fail(f"The screen did not come to what was expected:\n{text}")
    return text


async def drawn(pilot: Pilot[None]) -> str:
    """The screen once the panel has drawn its state and everything has found its place."""
    text, before = await until(pilot, lambda text: "READY" in text), ""
    while text != before:
        await pilot.pause()
        before, text = text, screen_text(pilot.app)
    return text
