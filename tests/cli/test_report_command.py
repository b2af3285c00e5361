"""`report`: its three forms, where they go, and what is said when they cannot be written."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.terminal import Terminal
from tutor.cli.main import group


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "work"
    (folder / "kube").mkdir(parents=True)
    return folder


def run(work: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["report", *words, "--workspace", str(work)], catch_exceptions=False)


def test_the_three_forms_go_to_stdout(work: Path) -> None:
    assert run(work).output.startswith("Kubernetes\n==========\n")
    assert json.loads(run(work, "--format", "json").output)["format"] == 1
    assert run(work, "--format", "html").output.startswith("<!doctype html>")


def test_a_file_is_written_whole_and_said(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.html"
    result = run(work, "--format", "html", "--output", str(out), "--name", "Team <3>")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "was written" in result.stderr
    assert "<title>Kubernetes: Team &lt;3&gt;</title>" in out.read_text()


@pytest.mark.parametrize(("name", "begins"), [("mine.html", "<!doctype"), ("MINE.HTM", "<!doctype"), ("a.json", "{")])
def test_the_name_of_the_file_tells_the_form(work: Path, tmp_path: Path, name: str, begins: str) -> None:
    assert run(work, "--output", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_text().startswith(begins)
    merged = CliRunner().invoke(group, ["class", str(tmp_path)], catch_exceptions=False)
    assert merged.exit_code == 0
    assert "but no report" not in merged.output


def test_a_form_that_was_asked_for_wins_over_the_name_of_the_file(work: Path, tmp_path: Path) -> None:
    run(work, "--format", "text", "--output", str(tmp_path / "mine.html"))
    assert (tmp_path / "mine.html").read_text().startswith("Kubernetes\n")


def test_a_file_that_exists_is_replaced_only_where_that_is_wanted(work: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.txt"
    out.write_text("my notes")
    result = run(work, "--output", str(out))
    assert result.exit_code == 2
    assert "exists already. Name another file, or add --yes" in result.stderr
    assert out.read_text() == "my notes"
    assert run(work, "--output", str(out), "--yes").exit_code == 0
    assert out.read_text().startswith("Kubernetes\n")


def test_a_dash_is_stdout(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work)
    assert run(work, "--format", "html", "-o", "-").stdout.startswith("<!doctype html>")
    assert [file.name for file in work.iterdir()] == ["kube"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_a_link(work: Path, tmp_path: Path) -> None:
    out, link = tmp_path / "mine.txt", tmp_path / "link.txt"
    out.write_text("old")
    link.symlink_to(out)
    assert run(work, "--output", str(link), "--yes").exit_code == 0
    assert link.is_symlink()
    assert out.read_text().startswith("Kubernetes\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX file")
def test_what_is_no_file_is_written_to_and_not_replaced(work: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    assert run(work, "--output", str(pipe)).exit_code == 0
    reader.join(30)
    assert got[0].startswith("Kubernetes\n")
    assert pipe.is_fifo()


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are another thing there")
def test_a_page_on_a_terminal_becomes_a_file_and_is_asked_for_the_second_time(work: Path, tmp_path: Path) -> None:
    words = ("report", "--format", "html", "--workspace", str(work))
    out, state = tmp_path / "homics-report.html", {"HOMICS_STATE_DIR": str(tmp_path / "state")}
    with Terminal(*words, cwd=tmp_path, **state) as terminal:
        assert terminal.end() == 0
    assert terminal.shown == "homics-report.html was written.\n"
    assert out.read_text().startswith("<!doctype html>")
    out.write_text("mine")
    with Terminal(*words, cwd=tmp_path, **state) as terminal:
        terminal.until("homics-report.html exists already. Replace it? [y/N]")
        terminal.type("n\n")
        assert terminal.end() == 1
    assert out.read_text() == "mine"


def test_the_help_says_where_it_goes(work: Path) -> None:
    said = " ".join(run(work, "--help").output.split())
    assert "Without it: to stdout, but HTML on a terminal to homics-report.html" in said


def test_a_file_that_cannot_be_written_is_a_sentence(work: Path) -> None:
    result = run(work, "--output", str(work / "kube"))
    assert result.exit_code == 2
    assert "is a folder. Name a file in it" in result.output
    below = run(work, "--output", "/dev/null/x" if sys.platform != "win32" else "nul:\\x")
    assert below.exit_code == 2
    assert "cannot be written" in below.output
    assert "Traceback" not in result.output


def test_a_workspace_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "There is no folder" in result.output
