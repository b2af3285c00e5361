"""The live view with the whole screen."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from textual.app import App

from tests.recorded import timeline_of
from tests.ui.fake_lesson import FakeLesson
from tests.ui.live.panel_app import until
from tests.ui.screen_text import screen_text
from tutor.core.timeline import Answered
from tutor.lesson.view import Traffic
from tutor.ui.live.screen import LiveScreen


class ScreenApp(App[None]):
    def __init__(self, lesson: FakeLesson) -> None:
        super().__init__()
        self.lesson = lesson
        self.delivered: dict[str, Any] = {}

    def on_mount(self) -> None:
        self.push_screen(LiveScreen(self.lesson))

    def deliver_text(self, path_or_file: Any, **options: Any) -> str | None:
        self.delivered = {"text": path_or_file.read() if isinstance(path_or_file, io.StringIO) else "", **options}
        return None


def lesson_after_a_crash() -> FakeLesson:
    lesson = FakeLesson()
    recorded = timeline_of("crash")
    shift = lesson.now() - recorded.of(Answered)[-1].at
    for entry in recorded:
        lesson.timeline.append(replace(entry, at=entry.at + shift))
    return lesson


async def test_it_follows_the_lesson_and_closes_with_escape() -> None:
    lesson = lesson_after_a_crash()
    app = ScreenApp(lesson)
    async with app.run_test(size=(120, 40)) as pilot:
        text = await until(pilot, lambda text: "errors (6 x http-500)" in text)
        assert "1. " in text.splitlines()[0]
        await pilot.press("escape")
        await until(pilot, lambda text: "http-500" not in text)
        assert not isinstance(app.screen, LiveScreen)


async def test_t_turns_the_calls_off_and_on() -> None:
    lesson = lesson_after_a_crash()
    await lesson.put(traffic=Traffic(True))
    app = ScreenApp(lesson)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda text: "READY" in text)
        await pilot.press("t")
        await pilot.pause()
        assert lesson.asked == ["traffic False"]


async def test_the_window_is_saved_as_a_picture_and_as_text() -> None:
    app = ScreenApp(lesson_after_a_crash())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda text: "READY" in text)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.delivered["text"].startswith("<svg")
        assert app.delivered["save_filename"].endswith(".svg")
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert "6 errors (6 x http-500)" in app.delivered["text"]
        assert app.delivered["save_filename"].endswith(".txt")
        assert "6 errors" in screen_text(app)
