"""The live view with the whole screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App

from tests.recorded import timeline_of
from tests.ui.fake_lesson import FakeLesson
from tests.ui.live.panel_app import until
from tutor.core.timeline import Answered
from tutor.lesson.view import Traffic
from tutor.ui import keeping
from tutor.ui.live.screen import LiveScreen


class ScreenApp(App[None]):
    def __init__(self, lesson: FakeLesson) -> None:
        super().__init__()
        self.lesson = lesson

    def on_mount(self) -> None:
        self.push_screen(LiveScreen(self.lesson))


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


async def test_shift_t_goes_through_the_rates_and_says_which() -> None:
    lesson = lesson_after_a_crash()
    await lesson.put(traffic=Traffic(True))
    app = ScreenApp(lesson)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda text: "READY" in text)
        for rate in ("2", "5", "10"):
            await pilot.press("T")
            await until(pilot, lambda text, rate=rate: f"{rate} calls a second" in text)  # type: ignore[misc]
        await pilot.press("T")
        await until(pilot, lambda text: "calls a second" not in text)
        assert lesson.asked == ["rate 2", "rate 5", "rate 10", "rate 1"]


@pytest.mark.parametrize("downloads", ["Downloads", ""])
async def test_the_window_is_saved_as_a_picture_and_as_text(
    downloads: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "user_downloads_path", lambda: tmp_path / "Downloads")
    folder = tmp_path / downloads
    folder.mkdir(exist_ok=True)
    lesson = lesson_after_a_crash()
    lesson.folder = tmp_path
    app = ScreenApp(lesson)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda text: "READY" in text)
        await pilot.press("ctrl+s")
        await until(pilot, lambda text: "The picture is in" in text)
        await pilot.press("ctrl+t")
        await until(pilot, lambda text: "The text is in" in text)
    (picture,) = folder.glob("homics-timeline-*.svg")
    (text,) = folder.glob("homics-timeline-*.txt")
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert "6 errors (6 x http-500)" in text.read_text(encoding="utf-8")


async def test_what_cannot_be_saved_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "user_downloads_path", lambda: tmp_path)

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "write_anew", full)
    app = ScreenApp(lesson_after_a_crash())
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        await until(pilot, lambda text: "READY" in text)
        await pilot.press("ctrl+s")
        await until(pilot, lambda text: "No space left on device" in text)
