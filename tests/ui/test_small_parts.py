"""Parts that need no screen: editors, kubectl's tables, commands in a text, found beside expected, themes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.ui.fake_lesson import IMAGE, SELECTOR
from tutor.ui.editor import EditorCommand, editor_command
from tutor.ui.keys import KEYS
from tutor.ui.theme import first_theme
from tutor.ui.widgets.command_fence import commands_in
from tutor.ui.widgets.fit_table import fit_table
from tutor.ui.widgets.side_by_side import found_and_expected

FILE = Path("/home/learner/kube/user/service.yaml")
PODS = """\
NAME                               READY   STATUS      RESTARTS     AGE
user-deployment-5fc9f7f6b9-sjq9z   0/1     Completed   0            3m
user-deployment-5fc9f7f6b9-w7nvp   1/1     Running     1 (2s ago)   3m
"""


@pytest.mark.parametrize(
    ("editor", "arguments", "windowed"),
    [
        ("vim", ("vim", "+7", str(FILE)), False),
        ("nano -l", ("nano", "-l", "+7", str(FILE)), False),
        ("/usr/bin/emacs -nw", ("/usr/bin/emacs", "-nw", "+7", str(FILE)), False),
        ("hx", ("hx", f"{FILE}:7"), False),
        ("code --wait", ("code", "--wait", "--goto", f"{FILE}:7"), True),
        ("subl", ("subl", f"{FILE}:7"), True),
        ("notepad.exe", ("notepad.exe", str(FILE)), True),
        ("some-editor", ("some-editor", str(FILE)), False),
    ],
)
def test_an_editor_is_opened_at_the_line_in_its_own_way(
    editor: str, arguments: tuple[str, ...], windowed: bool
) -> None:
    assert editor_command(FILE, 7, {"EDITOR": editor}) == EditorCommand(arguments, windowed)


def test_visual_goes_before_editor() -> None:
    command = editor_command(FILE, None, {"VISUAL": "nvim", "EDITOR": "ed"})
    assert command is not None
    assert command.argv == ("nvim", "+1", str(FILE))


def test_without_any_editor_there_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert editor_command(FILE, 1, {}) is None


def test_a_table_with_room_stays_as_it_is() -> None:
    assert fit_table(PODS, 100) == PODS


@pytest.mark.parametrize("width", [66, 63, 55, 45])
def test_a_table_without_room_gets_narrower_and_keeps_its_columns(width: int) -> None:
    lines = fit_table(PODS, width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert all("w7nvp" in line or "sjq9z" in line for line in lines[1:])
    assert len({line.index(word) for line, word in zip(lines, ("READY", "0/1", "1/1"), strict=True)}) == 1


def test_what_is_no_table_stays_as_it_is() -> None:
    text = "deployment.apps/user-deployment successfully  rolled out, and more than there is room for"
    assert fit_table(text, 20) == text


def test_commands_are_told_from_what_they_print() -> None:
    text = f"Type:\n\n```\nkubectl get pod\n```\n\n```\n{PODS}```\n\n```\nkubectl get pod\nkubectl get deploy\n```\n"
    assert commands_in(text) == ("kubectl get pod", "kubectl get deploy")


def test_short_values_stand_side_by_side() -> None:
    (line,) = found_and_expected(SELECTOR, 60)
    assert line.plain.index("app=gatewy") < line.plain.index("app=gateway")


def test_long_values_stand_one_over_the_other_with_equal_beginnings() -> None:
    found, expected = (line.plain for line in found_and_expected(IMAGE, 40))
    assert found.index("homics") == expected.index("homics")


def test_what_differs_stands_out() -> None:
    (line,) = found_and_expected(SELECTOR, 60)
    marked = [line.plain[span.start : span.end] for span in line.spans if "underline" in str(span.style)]
    assert marked == ["a"]


@pytest.mark.parametrize("width", [10, 14, 30, 61, 120])
def test_found_and_expected_never_exceed_their_place(width: int) -> None:
    long = replace(SELECTOR, found="x" * 90 + " y" * 20, expected="one\ntwo  three\n" + "z" * 50)
    for finding in (SELECTOR, IMAGE, long):
        lines = found_and_expected(finding, width)
        assert all(line.cell_length <= max(width, 18) for line in lines)


def test_a_finding_without_values_has_no_such_lines() -> None:
    assert found_and_expected(replace(SELECTOR, found="", expected=""), 60) == []


def test_no_two_keys_are_the_same() -> None:
    keys = [name for key in KEYS for name in key.key.split(",")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("value", "theme"),
    [("", "homics-dark"), ("15;0", "homics-dark"), ("0;15", "homics-light"), ("0;7", "homics-light")],
)
def test_the_first_theme_fits_the_terminal(value: str, theme: str) -> None:
    assert first_theme({"COLORFGBG": value}) == theme
