"""What is said for a while: seen, in nobody's way, and gone when it is not true any more."""

from __future__ import annotations

import pytest
from textual.widgets import Footer
from textual.widgets._toast import Toast

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import NOW, PARSES, READY, FakeLesson
from tests.ui.screen_text import screen_text, settled, text_of
from tutor.lesson.view import StepState
from tutor.ui.widgets.celebration import Celebration
from tutor.ui.widgets.result_bar import ResultBar

SIZES = [(160, 48), (110, 30), (80, 24), (40, 15)]


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_said_covers_neither_the_result_nor_the_keys(
    opened: Opened, lesson: FakeLesson, size: tuple[int, int]
) -> None:
    async with opened(*size) as pilot:
        screen = pilot.app.screen
        await pilot.press("a")
        await settled(pilot)
        before = text_of(screen.query_one(ResultBar)), text_of(screen.query_one(Footer))
        await pilot.press("d")
        await settled(pilot)
        said = screen.query_one(Toast).region
        assert "read here when the step" in " ".join(text_of(screen.query_one(Toast)).replace("▌", "").split())
        assert (text_of(screen.query_one(ResultBar)), text_of(screen.query_one(Footer))) == before
        for widget in (screen.query_one(ResultBar), screen.query_one(Footer), screen.query_one("#body")):
            assert not said.overlaps(widget.region)


async def test_the_same_key_pressed_often_says_it_once(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        for _ in range(4):
            await pilot.press("d")
        assert (await settled(pilot)).count("What happened and why can") == 1


async def test_the_newest_word_takes_the_place_of_the_one_before(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("d")
        await settled(pilot)
        await pilot.press("f")
        text = await settled(pilot)
        assert "Nothing was checked yet" in text
        assert "What happened and why can" not in text


async def test_a_word_of_the_step_before_does_not_come_along(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(passed_at=NOW)
        assert "Step 1 passed" in await settled(pilot)
        await lesson.go_to("crash")
        assert "Step 1 passed" not in await settled(pilot)
        await pilot.press("f")
        assert "Nothing was checked yet: press c" in await settled(pilot)
        await pilot.press("c")
        assert "Nothing was checked yet: press c" not in await settled(pilot)


async def test_no_row_is_left_behind_by_words_that_are_gone(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await settled(pilot)
        body = pilot.app.screen.query_one("#body")
        height = body.size.height
        for key in ("d", "f", "d", "f"):
            await pilot.press(key)
            await settled(pilot)
            assert body.size.height == height - 1
        await pilot.press("escape")
        await settled(pilot)
        assert body.size.height == height


async def test_below_a_dialog_nothing_is_said_twice(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("d")
        await settled(pilot)
        for key, back in (("y", "escape"), ("i", "escape"), ("question_mark", "escape")):
            await pilot.press(key)
            assert (await settled(pilot)).count("What happened and why can") == 1
            assert "h Hint  n Next" in screen_text(pilot.app)
            await pilot.press(back)
            assert (await settled(pilot)).count("What happened and why can") == 1


@pytest.mark.parametrize("key", ["y", "i"])
async def test_over_a_dialog_what_is_said_covers_no_result(opened: Opened, lesson: FakeLesson, key: str) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        await settled(pilot)
        below = pilot.app.screen
        result = text_of(below.query_one(ResultBar)).split("\n")[0]
        assert result.strip()
        await pilot.press(key)
        await settled(pilot)
        assert pilot.app.screen is not below
        for said in ("first words", "other words"):
            pilot.app.notify(said)
            await settled(pilot)
            text = await settled(pilot)
            assert text.count(said) == 1
            assert result in text
            assert not pilot.app.screen.query_one(Toast).region.overlaps(below.query_one(ResultBar).region)
        await pilot.press("escape")
        text = await settled(pilot)
        assert text.count("other words") == 1
        assert "first words" not in text
        assert result in text
        await pilot.press("escape")
        assert "other words" not in await settled(pilot)


async def test_what_went_wrong_stays_beside_the_newest_word(opened: Opened, lesson: FakeLesson) -> None:
    lesson.failing["check"] = RuntimeError("the disk is on fire")
    async with opened(80, 24) as pilot:
        await pilot.press("c")
        await settled(pilot)
        await pilot.press("d")
        text = await settled(pilot)
        assert "the disk is on fire" in text
        assert "What happened and why can" in text


async def test_escape_puts_away_what_is_said(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("d")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert "What happened and why can" not in screen_text(pilot.app)


async def test_a_step_that_passes_is_told_once_at_each_size(opened: Opened, lesson: FakeLesson) -> None:
    """By the line above the verdict where that is seen, else in a row of its own."""
    for size, toasts in (((160, 48), 0), ((80, 24), 1)):
        await lesson.put(passed_at=None)
        async with opened(*size) as pilot:
            await lesson.found(PARSES, READY, verdict="passed")
            await lesson.put(passed_at=NOW)
            text = await settled(pilot)
            assert text.count("Step 1 passed") == 1
            assert len(pilot.app.screen.query(Toast)) == toasts
            assert pilot.app.screen.query_one(Celebration).is_on_screen is not bool(toasts)


async def test_the_end_of_the_exercise_is_told_in_a_sentence(opened: Opened, lesson: FakeLesson) -> None:
    states = {step.slug: StepState.PASSED for step in lesson.view.steps}
    async with opened(80, 24) as pilot:
        await lesson.put(passed_at=NOW, states=states)
        assert "You have done the exercise! d tells" in await settled(pilot)
