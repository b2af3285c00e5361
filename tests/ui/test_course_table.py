"""Tables of the course's texts: every value is read whole, at every width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.content import Content

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import STEPS, FakeLesson
from tests.ui.screen_text import settled, text_of
from tutor.ui.widgets.course_table import table_lines

HEAD = ("Deployment", "container", "image", "port")
ROWS = (
    ("zookeeper-deployment", "zookeeper", "wurstmeister/zookeeper:latest", "2181"),
    ("kafka-deployment", "kafka", "wurstmeister/kafka:1.0.0", "9092"),
)
TYPES = (("ClusterIP", "inside of the cluster only. This is the default."), ("NodePort", "also from outside"))


def drawn(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], width: int) -> list[str]:
    cells = [[Content(cell) for cell in row] for row in rows]
    return [line.plain for line in table_lines([Content(name) for name in head], cells, width)]


def test_what_fits_stands_in_columns() -> None:
    assert drawn(HEAD, ROWS, 80) == [
        "Deployment             container   image                           port",
        "zookeeper-deployment   zookeeper   wurstmeister/zookeeper:latest   2181",
        "kafka-deployment       kafka       wurstmeister/kafka:1.0.0        9092",
    ]


def test_what_does_not_fit_stands_one_below_the_other() -> None:
    assert drawn(HEAD, ROWS, 60)[:6] == [
        "Deployment   zookeeper-deployment",
        "container    zookeeper",
        "image        wurstmeister/zookeeper:latest",
        "port         2181",
        "",
        "Deployment   kafka-deployment",
    ]


def test_sentences_wrap_in_their_column() -> None:
    assert drawn(("type", "reached from"), TYPES, 40) == [
        "type        reached from",
        "ClusterIP   inside of the cluster only.",
        "            This is the default.",
        "NodePort    also from outside",
    ]


def test_in_a_very_narrow_place_a_value_stands_below_its_name() -> None:
    assert drawn(("with the practice cluster", "b"), (("homics-tutor cluster start", "x" * 30),), 30) == [
        "with the practice cluster",
        "  homics-tutor cluster start",
        "b",
        f"  {'x' * 28}",
        "  xx",
    ]


def test_two_columns_of_words_share_what_room_there_is() -> None:
    lines = drawn(("what", "how"), (("start the cluster and wait", "homics-tutor cluster start"),), 40)
    assert lines == [
        "what                  how",
        "start the cluster     homics-tutor",
        "and wait              cluster start",
    ]


def test_a_table_without_names_of_columns_begins_with_its_first_row() -> None:
    assert drawn(("", ""), (("a", "b"),), 20) == ["a   b"]


@settings(max_examples=60)
@given(st.integers(1, 120), st.lists(st.text("ab c", max_size=30), min_size=1, max_size=12))
def test_no_letter_of_a_value_is_lost(width: int, words: list[str]) -> None:
    text = "".join(drawn(("a", "b"), tuple((word, word) for word in words), width))
    for letter in "c":
        assert text.count(letter) >= 2 * sum(word.count(letter) for word in words)


def test_a_table_without_rows_has_its_head() -> None:
    assert drawn(("a", "b"), (), 20) == ["a   b"]
    assert drawn((), (), 20) == []


@pytest.mark.parametrize("size", [(160, 48), (110, 30), (80, 24), (40, 15)])
async def test_the_values_that_a_step_asks_for_are_on_the_screen(
    opened: Opened, lesson: FakeLesson, size: tuple[int, int]
) -> None:
    rows = "\n".join(f"| {' | '.join(f'`{cell}`' for cell in row)} |" for row in ROWS[:1])
    text = f"| {' | '.join(HEAD)} |\n|---|---|---|---|\n{rows}\n"
    await lesson.put(steps=(replace(STEPS[0], text=text), *STEPS[1:]))
    async with opened(*size) as pilot:
        await settled(pilot)
        await settled(pilot)
        shown = text_of(pilot.app.screen.query_one("#task")).replace("\n", " ")
        for word in ("zookeeper-deployment", "2181"):
            assert word in shown
        assert "…" not in shown.partition("zookeeper-deployment")[2].partition("2181")[0]
