"""Wide, middling, narrow and very small terminals; resizing; ASCII; no colour."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import IMAGE, NOW, SELECTOR, UNREACHED, FakeLesson
from tests.ui.screen_text import screen_text, settled
from tutor.ui.app import TutorApp
from tutor.ui.ascii import to_ascii, wants_ascii
from tutor.ui.panes import LABELS, PANES, arrangement
from tutor.ui.screens.lesson import LessonScreen


def seen(screen: LessonScreen) -> set[str]:
    return {pane for pane in LABELS if (widget := screen.query_one(f"#{pane}")).display and widget.is_on_screen}


@pytest.mark.parametrize(
    ("size", "panes"),
    [
        ((160, 48), {"steps", "task", "check", "live"}),
        ((110, 40), {"task", "check", "live"}),
        ((110, 30), {"task", "live"}),
        ((80, 48), {"task", "check"}),
        ((80, 24), {"task"}),
        ((40, 15), {"task"}),
    ],
)
async def test_the_panes_of_each_size(opened: Opened, size: tuple[int, int], panes: set[str]) -> None:
    async with opened(*size) as pilot:
        await settled(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)
        assert seen(pilot.app.screen) == panes


@pytest.mark.parametrize("size", [(160, 48), (110, 30), (80, 24), (40, 15)])
async def test_every_pane_can_be_reached_at_every_size(
    opened: Opened, lesson: FakeLesson, size: tuple[int, int]
) -> None:
    async with opened(*size) as pilot:
        await lesson.put(passed_at=NOW)
        assert isinstance(pilot.app.screen, LessonScreen)
        for number, pane in enumerate(PANES, 1):
            await pilot.press(str(number))
            await settled(pilot)
            assert pane in seen(pilot.app.screen)


async def test_resizing_keeps_what_the_learner_reads(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(SELECTOR, IMAGE)
        await pilot.press("f")
        await settled(pilot)
        for size in ((160, 48), (40, 15), (110, 30), (80, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert isinstance(pilot.app.screen, LessonScreen)
            assert "files" in seen(pilot.app.screen)
        assert "app: gatewy" in screen_text(pilot.app)


async def test_a_pane_that_becomes_a_column_gives_its_place_to_the_text(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("6")
        await settled(pilot)
        await pilot.resize_terminal(160, 48)
        await settled(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)
        assert seen(pilot.app.screen) == {"steps", "task", "check", "live"}


async def test_a_small_terminal_can_check_and_read_the_verdict(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(40, 15) as pilot:
        await lesson.found(UNREACHED, verdict="could-not-check")
        await pilot.press("c")
        text = await settled(pilot)
        assert "check" in lesson.asked
        assert "COULD NOT CHECK" in text


async def test_a_small_terminal_shows_the_ways_on_whole(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(40, 15) as pilot:
        await lesson.found(verdict="passed")
        await lesson.put(passed_at=NOW)
        await pilot.press("5")
        text = await settled(pilot)
        assert "d Why   n Next   c Check" in text


@pytest.mark.parametrize("width", range(1, 200, 13))
def test_any_size_has_an_arrangement(width: int) -> None:
    for height in (1, 10, 33, 34, 60):
        found = arrangement(width, height)
        choices = found.choices(done=True)
        assert set(choices) | set(found.fixed) == set(PANES)
        assert "task" in choices


async def test_an_ascii_terminal_gets_ascii_alone(lesson: FakeLesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    app = TutorApp(lesson)
    async with app.run_test(size=(80, 24)) as pilot:
        await lesson.found(SELECTOR, IMAGE)
        for key in ("f", "5", "h", "question_mark"):
            await pilot.press(key)
            text = await settled(pilot)
            assert text.isascii(), sorted({c for c in text if not c.isascii()})
            await pilot.press("escape")


@pytest.mark.parametrize(
    ("environment", "encoding", "expected"),
    [
        ({"LANG": "C"}, "utf-8", True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", True),
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, "utf-8", True),
        ({"LANG": "de_DE.ISO-8859-1"}, "utf-8", True),
        ({"LANG": "en_GB.UTF-8"}, "ascii", True),
        ({"LANG": "en_GB.UTF-8"}, "utf-8", False),
        ({"LANG": "en_GB.utf8"}, "utf-8", False),
        ({"LANG": "C.UTF-8"}, "utf-8", False),
        ({}, "utf-8", False),
    ],
)
def test_the_locale_says_whether_the_terminal_knows_unicode(
    environment: dict[str, str], encoding: str, expected: bool
) -> None:
    assert wants_ascii(environment, encoding) is expected


def test_signs_of_the_screen_are_never_question_marks() -> None:
    assert "?" not in to_ascii("✓ ✗ ◐ ○ ● ◌ – … › ‹ 🔎 → ▰▱ ✦✧")


def test_ascii_text_is_as_wide_as_before() -> None:
    from rich.cells import cell_len

    for text in ("✓ ✗ ◐ · ●○", "┌─┬─┐│╰╯", "█▌▁▂▃▰▱", "äöüé ß", "日本語", "… “so” – x", "⠋⠙", "‹›", "🔎"):
        assert to_ascii(text).isascii()
        assert cell_len(to_ascii(text)) == cell_len(text)


async def test_without_colour_every_state_can_still_be_told(
    lesson: FakeLesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = TutorApp(lesson)
    async with app.run_test(size=(160, 48)) as pilot:
        await lesson.found(SELECTOR)
        text = await settled(pilot)
        assert app.no_color
        assert "✗ NOT YET" in text
