"""`report`: its three forms, where they go, and what is said when they cannot be written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

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


def test_a_file_that_cannot_be_written_is_a_sentence(work: Path) -> None:
    result = run(work, "--output", str(work / "kube"))
    assert result.exit_code == 2
    assert "cannot be written" in result.output
    assert "Traceback" not in result.output


def test_a_workspace_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "There is no folder" in result.output
