"""The rows of a file: its lines in their order, and what was found below the line that it points to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.fake_lesson import IMAGE, PARSES, SELECTOR, TEXT
from tutor.core.finding import Finding, Severity, Verdict
from tutor.ui.widgets.code_rows import Row, drawn_lines, rows, split_lines


def drawn(text: str, *findings: Finding, width: int = 80, selected: Finding | None = None) -> list[Row]:
    return rows(drawn_lines(text), findings, width, selected)


def texts(found: list[Row]) -> list[str]:
    return [row.content.plain for row in found]


def test_every_line_has_a_row_and_its_number() -> None:
    found = drawn(TEXT)
    assert texts(found) == TEXT.splitlines()
    assert [row.number for row in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_yaml_counts_them(ending: str) -> None:
    assert split_lines(f"a: 1{ending}b: 2{ending}") == ["a: 1", "b: 2"]


def test_carets_stand_under_the_word_that_is_meant() -> None:
    found = drawn(TEXT, SELECTOR)
    at = next(index for index, row in enumerate(found) if row.number == 9)
    line, note = texts(found)[at : at + 2]
    assert note.index("^") == line.index("gatewy")
    assert note.count("^") == len("gatewy")
    assert SELECTOR.message in note


def test_without_room_the_message_stands_below_the_carets() -> None:
    found = drawn(TEXT, IMAGE, width=44)
    at = next(index for index, row in enumerate(found) if row.number == 17)
    line, carets, message = texts(found)[at : at + 3]
    assert carets.strip() == "^" * len("homics/gatway")
    assert carets.index("^") == line.index("homics")
    assert message.startswith("  The image")


def test_only_the_selected_finding_is_told_in_full() -> None:
    brief, full = drawn(TEXT, SELECTOR), drawn(TEXT, SELECTOR, selected=SELECTOR)
    assert not any(SELECTOR.hint in text for text in texts(brief))
    assert any(SELECTOR.hint in text for text in texts(full))
    assert any("app=gateway" in text and "app=gatewy" in text for text in texts(full))


def test_what_passed_is_not_marked() -> None:
    assert len(drawn(TEXT, PARSES)) == len(TEXT.splitlines())


def test_what_could_not_be_checked_is_marked_otherwise_than_a_failure() -> None:
    unknown = replace(SELECTOR, verdict=Verdict.UNKNOWN)
    assert {row.tint for row in drawn(TEXT, unknown)} != {row.tint for row in drawn(TEXT, SELECTOR)}


def test_a_message_that_would_be_a_tall_column_beside_its_caret_stands_below_it() -> None:
    line = "      image: " + "x" * 20
    caret = " " * 13 + "^" * 20
    long = replace(SELECTOR, line=1, column=14, message="word " * 60)
    beside, below = (texts(rows(drawn_lines(line), (long,), width)) for width in (200, 75))
    assert beside[1].startswith(f"{caret} word")
    assert below[1].rstrip() == caret
    assert below[2].startswith("  word")
    short = replace(long, message="word " * 10)
    assert texts(rows(drawn_lines(line), (short,), 75))[1].startswith(f"{caret} word")


def test_a_warning_is_marked_otherwise_than_an_error() -> None:
    warning = replace(SELECTOR, severity=Severity.WARNING)
    assert {row.tint for row in drawn(TEXT, warning)} != {row.tint for row in drawn(TEXT, SELECTOR)}


def test_a_finding_without_a_line_stands_above_the_file() -> None:
    found = drawn(TEXT, replace(SELECTOR, line=None, column=None))
    assert texts(found)[0].startswith("✗ The selector")
    assert found[0].number == 0


def test_a_line_beyond_the_end_is_told_at_the_last_one() -> None:
    found = drawn("a: 1\nb: 2\n", replace(SELECTOR, line=99, column=1))
    assert [row.number for row in found][:2] == [1, 2]
    assert SELECTOR.message in texts(found)[2]


def test_a_finding_in_an_empty_file_is_told() -> None:
    assert any(SELECTOR.message in text for text in texts(drawn("", replace(SELECTOR, line=1, column=1))))


def test_a_tab_is_seen_as_an_arrow_of_one_cell() -> None:
    found = drawn("spec:\n\treplicas: 1\n")
    assert texts(found)[1] == "→replicas: 1"


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert all(character.isprintable() for text in texts(drawn("a: \x1b[31m\x07\x00b\n")) for character in text)


def test_a_very_long_line_is_cut() -> None:
    assert len(texts(drawn("a: " + "x" * 1_000_000))[0]) < 3_000


@settings(max_examples=60)
@given(st.text(max_size=300), st.integers(1, 30), st.integers(1, 60), st.integers(1, 120))
def test_any_text_keeps_the_number_of_its_lines(text: str, line: int, column: int, width: int) -> None:
    finding = replace(SELECTOR, line=line, column=column)
    found = rows(drawn_lines(text), (finding,), width, finding)
    assert [row.number for row in found if row.number] == list(range(1, len(split_lines(text)) + 1))
    assert all("\n" not in row.content.plain for row in found)
