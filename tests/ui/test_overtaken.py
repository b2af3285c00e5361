"""What was said of something goes when that is not so any more: not before it was read, and not a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import PARSES, READY, SELECTOR, TEXT, FakeLesson
from tests.ui.screen_text import settled, until
from tutor.lesson.view import ActionResult
from tutor.ui.widgets import result_bar
from tutor.ui.widgets.result_bar import ResultBar

SAID = "created"
Happens = Callable[[Pilot[None], FakeLesson], Awaitable[None]]


async def asked(pilot: Pilot[None], lesson: FakeLesson) -> None:
    await pilot.press("c")


async def judged(pilot: Pilot[None], lesson: FakeLesson) -> None:
    await lesson.found(PARSES, READY, verdict="passed")


async def saved(pilot: Pilot[None], lesson: FakeLesson) -> None:
    await lesson.put(files=tuple(replace(file, text=f"{file.text}# more\n") for file in lesson.view.files))


async def looked(pilot: Pilot[None], lesson: FakeLesson) -> None:
    """Nothing new: the same judgement again."""
    await lesson.put(checking=True)
    await lesson.put(checking=False)


@pytest.mark.parametrize(
    ("ok", "happens", "at_once", "later"),
    [
        (True, asked, False, False),
        (True, judged, True, False),
        (True, saved, True, False),
        (True, looked, True, True),
        (False, asked, False, False),
        (False, judged, True, True),
        (False, saved, False, False),
        (False, looked, True, True),
    ],
)
async def test_how_long_an_answer_stays(
    opened: Opened,
    lesson: FakeLesson,
    monkeypatch: pytest.MonkeyPatch,
    ok: bool,
    happens: Happens,
    at_once: bool,
    later: bool,
) -> None:
    monkeypatch.setattr(result_bar, "READING", 3600.0)
    lesson.result = ActionResult(ok, "", SAID)
    async with opened(80, 24) as pilot:
        bar = pilot.app.screen.query_one(ResultBar)
        await pilot.press("a")
        assert SAID in await settled(pilot)
        await happens(pilot, lesson)
        assert (SAID in await settled(pilot)) is at_once
        if at_once:
            bar.read()
            assert (SAID in await settled(pilot)) is later


@pytest.mark.parametrize("happens", [judged, saved])
async def test_what_was_read_goes_as_soon_as_it_is_overtaken(
    opened: Opened, lesson: FakeLesson, monkeypatch: pytest.MonkeyPatch, happens: Happens
) -> None:
    monkeypatch.setattr(result_bar, "READING", 0.01)
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: pilot.app.screen.query_one(ResultBar).was_read)
        assert SAID in await settled(pilot)
        await happens(pilot, lesson)
        assert SAID not in await settled(pilot)


async def test_a_newer_answer_gets_a_time_of_its_own(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        bar = pilot.app.screen.query_one(ResultBar)
        await pilot.press("a")
        await settled(pilot)
        await lesson.found(SELECTOR)
        await pilot.press("x")
        await settled(pilot)
        bar.read()
        assert "get --raw /crash" in await settled(pilot)


async def test_a_starter_that_comes_does_not_put_away_that_it_was_written(
    opened: Opened, lesson: FakeLesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_bar, "READING", 0.01)
    (file,) = lesson.view.files
    await lesson.put(files=(replace(file, text="", exists=False, starter_offered=True),))
    async with opened(80, 24) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: pilot.app.screen.query_one(ResultBar).was_read)
        await lesson.put(files=(replace(file, text=TEXT),))
        assert "was written" in await settled(pilot)
