"""`--course DIR` for all commands, and `author check|new|rules`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tutor.cli.main import group

EXAMPLE = Path(__file__).parent.parent / "content" / "example_course"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "work"
    shutil.copytree(EXAMPLE / "starter", folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    shutil.copytree(EXAMPLE, folder)
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], catch_exceptions=False)


@pytest.mark.parametrize("before", [True, False])
def test_every_command_takes_another_course(work: Path, course: Path, before: bool) -> None:
    def at(*words: str) -> Result:
        return run("--course", course, *words) if before else run(*words, "--course", course)

    assert "cache-service" in at("steps").output
    assert "gateway" not in at("steps").output
    assert at("hint", "cache").output.startswith("cache · ")
    assert at("solution", "cache").exit_code == 2
    assert "kind: Deployment" in at("solution", "cache", "--instructor").output
    checked = at("check", "cache", "--offline", "--format", "json")
    assert json.loads(checked.output)["step"] == "cache"
    assert checked.exit_code == 1
    assert at("report").output.splitlines()[0] != "Kubernetes"
    assert at("instructor", "compare", "cache").exit_code == 0


def test_a_course_that_is_missing_or_broken_is_told_with_file_and_line(work: Path, course: Path) -> None:
    result = run("--course", work / "nowhere", "steps")
    assert result.exit_code == 2
    assert "holds no course" in result.output
    (course / "steps/01-cache/step.toml").write_text('title = "x"\nfils = []\n')
    (course / "steps/02-cache-service/done.md").unlink()
    result = run("--course", course, "check", "cache", "--offline")
    assert result.exit_code == 2
    assert 'steps/01-cache/step.toml:2: unknown key "fils"' in result.output
    assert "steps/02-cache-service/done.md:1: this file is missing" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("value", ["2", '"1"', "0"])
def test_a_course_of_another_format_is_refused(work: Path, course: Path, value: str) -> None:
    file = course / "steps/course.toml"
    file.write_text(file.read_text().replace("format = 1", f"format = {value}"))
    result = run("--course", course, "steps")
    assert result.exit_code == 2
    assert "steps/course.toml:1: format is 1" in result.output


def test_author_check_takes_the_folder_or_the_course(work: Path, course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("author", "check", course), ("--course", course, "author", "check")):
        result = run(*words)
        assert (result.exit_code, result.output.splitlines()[-1]) == (0, "green")
    (course / "solutions/stray.yaml").write_text("x")
    monkeypatch.chdir(course)
    result = run("author", "check")
    assert result.exit_code == 1
    assert result.output.splitlines()[-2:] == [
        "solutions/stray.yaml:1: nothing uses this file: name it in a step.toml or remove it",
        "1 to mend",
    ]
    assert run("author", "check", work).exit_code == 2


def test_author_new_writes_into_the_course_and_overwrites_nothing(work: Path, tmp_path: Path) -> None:
    target = tmp_path / "new"
    result = run("--course", target, "author", "new", "first")
    assert result.exit_code == 0
    assert "steps/01-first/step.toml" in result.output.splitlines()
    assert run("author", "new", "first", "--course", target).exit_code == 2
    assert run("author", "new", "Bad Slug", "--course", target).exit_code == 2


def test_author_rules_names_what_a_check_can_ask() -> None:
    output = run("author", "rules").output
    assert "container-port" in output
    assert "Traceback" not in output
