"""AUTHORING.md, followed to the letter: from an empty folder to a green gate."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor.cli.main import group

GUIDE = Path(__file__).parent.parent.parent / "AUTHORING.md"
FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`((?:steps|starter|solutions)/[\w./-]+)`:\s*$")


def blocks() -> Iterator[tuple[str, str, str]]:
    """(kind, file that the sentence before names, text) of each fenced block of the walk-through."""
    text = GUIDE.read_text(encoding="utf-8")
    part = text[text.index("## From an empty folder") : text.index("\n## step.toml")]
    at = 0
    for match in FENCE.finditer(part):
        before = part[at : match.start()].rstrip()
        named = FILE.search(before)
        yield match[2], named[1] if named else "", match[3]
        at = match.end()


def follow(console: str, last: str) -> None:
    """Run each command of a console block and compare what it prints; `…` stands for any lines."""
    commands = re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]
    for command in commands:
        line, *expected = command.rstrip("\n").split("\n")
        program, *words = shlex.split(line)
        assert program == "homics-tutor"
        result = CliRunner().invoke(group, words, catch_exceptions=False)
        printed = [text.rstrip() for text in result.output.rstrip("\n").split("\n")]
        wanted = [text.rstrip() for text in expected]
        shown = "\n".join(printed)
        assert fits(printed, wanted), f"$ {line}\n{shown}\n--- expected ({last}):\n" + "\n".join(wanted)


def fits(printed: list[str], wanted: list[str]) -> bool:
    """Whether the lines are those wanted, where `…` stands for any number of them."""
    if not wanted:
        return not printed
    if wanted[0] == "…":
        return any(fits(printed[skip:], wanted[1:]) for skip in range(len(printed) + 1))
    return bool(printed) and printed[0] == wanted[0] and fits(printed[1:], wanted[1:])


def test_the_guide_leads_from_an_empty_folder_to_a_green_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    course = tmp_path / "course"
    course.mkdir()
    monkeypatch.chdir(course)
    last, consoles, files = "", 0, 0
    for kind, file, text in blocks():
        if kind == "console":
            consoles += 1
            if consoles == 4:
                # "a folder of your own for the files": the starters are the files of a learner who has just begun.
                (course / "kube").symlink_to(course / "starter" / "kube")
            follow(text, last)
        elif file:
            files += 1
            (course / file).parent.mkdir(parents=True, exist_ok=True)
            (course / file).write_text(text, encoding="utf-8")
        last = file or kind
    assert (consoles, files) == (4, 6)


def test_the_parts_of_the_gate_that_the_guide_names_are_those_that_run() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    table = re.findall(r"^\| (\w+) \| ", text[text.index("## What the gate proves") :], re.MULTILINE)
    assert table[1:] == ["loading", "rules", "files", "hints", "texts", "verdicts", "mutants"]
