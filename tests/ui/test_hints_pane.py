"""Hints: one at a time, back again, and all of them after the step is passed."""

from __future__ import annotations

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import NOW, FakeLesson
from tests.ui.screen_text import settled


async def test_the_first_h_opens_one_hint(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("h")
        text = await settled(pilot)
        assert "What makes write work?" in text
        assert "The idea behind write." not in text


async def test_each_further_h_opens_the_next_and_keeps_the_others(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        for _ in range(5):
            await pilot.press("h")
            text = await settled(pilot)
        assert all(part in text for part in ("What makes write", "The idea behind write", "Write the fields of write"))
        assert lesson.asked.count("hint write") == 3


async def test_coming_back_to_the_hints_opens_no_new_one(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("h")
        await settled(pilot)
        await pilot.press("2")
        await settled(pilot)
        await pilot.press("h")
        await settled(pilot)
        assert lesson.asked.count("hint write") == 1


async def test_the_hints_of_another_task_are_a_click_away(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("4")
        await settled(pilot)
        await pilot.click("#hint-tasks", offset=(16, 0))
        await pilot.press("h")
        text = await settled(pilot)
        assert "hint apply" in lesson.asked
        assert "What makes apply work?" in text


async def test_after_passing_all_hints_can_be_read_and_none_counts(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(passed_at=NOW)
        await pilot.press("h")
        text = await settled(pilot)
        assert "Write the fields of write" in text
        assert not any(intent.startswith("hint") for intent in lesson.asked)
