"""Lines as a terminal gets them: broken between words, with what is copied left whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tutor.cli.wrapping import columns, prose, wrapped

ROOT = Path(__file__).parent.parent.parent


def test_without_a_width_nothing_is_broken() -> None:
    line = "word " * 60
    assert wrapped(line, None, "begin ", "      ") == "begin " + line
    assert prose("a\nb " * 40, None) == "a\nb " * 40


def test_a_line_breaks_between_words_and_goes_on_behind_its_hang() -> None:
    said = wrapped("one two three four", 12, "- ", "  ")
    assert said == "- one two\n  three four"


def test_a_first_word_without_room_goes_to_the_next_line() -> None:
    assert (
        wrapped("Deployment is ready", 22, "  8.0 s  check  ", "    ") == "  8.0 s  check\n    Deployment is\n    ready"
    )


def test_a_line_that_fits_keeps_its_columns() -> None:
    assert wrapped("NAME      READY   STATUS", 24) == "NAME      READY   STATUS"


def test_each_line_of_several_is_broken_by_itself() -> None:
    assert wrapped("one two\nthree four", 10, "? ", "  ") == "? one two\n  three\n  four"


def test_a_word_wider_than_the_line_is_left_whole() -> None:
    url = "https://kubernetes.io/docs/concepts/"
    assert wrapped(f"Read {url} now", 20) == f"Read\n{url}\nnow"


@pytest.mark.parametrize(
    "whole",
    [
        "`kubectl get pod -w`",
        "kubectl get pod -w.",
        "homics-tutor cluster start.",
        "homics-tutor cluster start",
        "(kubectl get pods)",
        "image: homics/gateway:1.0.0",
        "- name: gateway",
    ],
)
def test_what_is_copied_is_not_broken(whole: str) -> None:
    for width in range(len(whole), 60):
        assert whole in wrapped(f"Do this and that: {whole} or then some more words.", width), width


def test_a_command_on_a_line_of_its_own_is_not_broken() -> None:
    command = "$ kubectl set image deployments/user-deployment user=homics/user-activity:2.0.0"
    assert wrapped(command, 40) == command


def test_a_command_ends_where_the_sentence_goes_on() -> None:
    said = wrapped("The command kubectl apply makes the cluster hold what a file says.", 30)
    assert said == "The command kubectl apply\nmakes the cluster hold what a\nfile says."


def test_a_sentence_of_a_command_wider_than_the_line_is_broken_still() -> None:
    said = wrapped("kubectl one two three four five six", 12)
    assert all(len(line) <= 12 for line in said.splitlines())


def test_wide_signs_take_two_columns() -> None:
    assert columns("漢字") == 4
    assert columns("✗ é") == 3
    assert wrapped("漢字 漢字", 6) == "漢字\n漢字"


def test_paragraphs_are_filled_and_bullets_hang() -> None:
    said = prose("One two\nthree four.\n\n- five six seven\n  eight\n- nine\n\n10. ten eleven twelve", 15)
    assert said == "One two three\nfour.\n\n- five six\n  seven eight\n- nine\n\n10. ten eleven\n    twelve"


def test_a_link_gives_its_url_a_line_of_its_own() -> None:
    said = prose("Read: [Writing a Service](https://kubernetes.io/docs/service)", 30)
    assert said == "Read: Writing a Service\n<https://kubernetes.io/docs/service>"


def test_code_and_tables_stay_as_they_are() -> None:
    code = "```yaml\nspec:\n    a: b c d e f g h i j k l\n# a comment that is long enough\n```"
    block = code + "\n| a | b c d e f g |\n\n    x y z a b"
    assert prose(block, 12) == block


@pytest.mark.parametrize("width", [39, 79, 119])
@pytest.mark.parametrize(
    "file", sorted((ROOT / "steps").glob("*/*.md")), ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_every_text_of_the_course_fits_and_loses_no_word(file: Path, width: int) -> None:
    text = file.read_text("utf-8")
    said = prose(text, width)
    assert said.split() == re.sub(r"\[([^]]+)]\((\S+?)\)", r"\1 <\2>", text).split()
    fenced = False
    for line in said.splitlines():
        fenced ^= line.startswith("```")
        if not (fenced or line.startswith("|") or columns(line) <= width):
            # One thing that is never broken, alone on its line behind what hangs.
            assert line.count("`") == 2 or "http" in line, line
