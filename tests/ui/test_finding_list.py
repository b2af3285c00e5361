"""The list of findings: wrapped by the room that it has, whether it scrolls or not."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import PARSES, SELECTOR, FakeLesson
from tests.ui.screen_text import settled
from tutor.core.finding import Finding, Verdict
from tutor.ui.widgets.finding_list import FindingList

WRONG = Finding("wrong", Verdict.FAILED, "It is wrong.", source=f"https://kubernetes.io/{'a' * 90}")
RIGHT = tuple(Finding(f"right-{n}", Verdict.PASSED, f"{'word ' * 10}nearly{' ' * n}the end {n}.") for n in range(9))


class Listed(App[None]):
    def compose(self) -> ComposeResult:
        yield FindingList()


async def test_a_list_that_begins_to_scroll_is_wrapped_by_the_room_that_is_left() -> None:
    async with Listed().run_test(size=(60, 10)) as pilot:
        listed = pilot.app.query_one(FindingList)
        listed.findings, listed.selected = (WRONG,), WRONG
        text = await settled(pilot)
        assert not listed.show_vertical_scrollbar
        listed.findings = (WRONG, *RIGHT)
        text = await settled(pilot)
        assert listed.show_vertical_scrollbar
        assert any(line.lstrip().startswith("read     https://") for line in text.splitlines()), text
        for _ in range(2):
            listed.scroll_end(animate=False)
            text = await settled(pilot)
        assert "the end 8." in text


@pytest.mark.parametrize("width", [39, 40, 42])
async def test_a_narrow_terminal_opens_where_something_was_found_before(
    opened: Opened, lesson: FakeLesson, width: int
) -> None:
    await lesson.found(SELECTOR, PARSES)
    async with opened(width, 12) as pilot:
        await pilot.press("5")
        assert "NOT YET" in await settled(pilot)


@pytest.mark.parametrize("width", [1, 2, 3])
async def test_where_there_is_no_room_nothing_breaks(width: int) -> None:
    async with Listed().run_test(size=(width, 10)) as pilot:
        pilot.app.query_one(FindingList).findings = (WRONG, *RIGHT)
        await settled(pilot)
