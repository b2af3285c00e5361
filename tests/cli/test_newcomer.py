"""A newcomer's wrong turns: each ends in a sentence that says what to do next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.served_api import ServedApi
from tests.cli.terminal import Terminal
from tutor.cli.main import group

ROOT = Path(__file__).parent.parent.parent
posix = pytest.mark.skipif(sys.platform == "win32", reason="the shells there close no streams")


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(group, list(words), input=typed, prog_name="homics-tutor", catch_exceptions=False)


def shell(command: str, workspace: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    tutor = f"'{sys.executable}' -m tutor"
    return subprocess.run(
        ["sh", "-c", command.replace("homics-tutor", tutor)],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("chek",), 'There is no command "chek". Did you mean check?'),
        (("frobnicate",), "The commands are: check, steps, hint,"),
        (("check", "--wiat", "3"), "--wait"),
        (("hint", "gatway-service"), "Did you mean gateway-service?"),
        (("solution", "nope"), "The steps are: gateway-deployment"),
        (("demo", "--headless", "--step", "gatway-service"), "Did you mean gateway-service?"),
        (("instructor", "apply", "gatway-service"), "Did you mean gateway-service?"),
        (("instructor", "stage", "gatway-service"), "Did you mean gateway-service?"),
        (("instructor", "fault", "nope"), "The faults are: crash"),
        (("--context", "nope", "kubectl", "get", "pod"), "start a cluster first"),
        (("kubectl", "get", "pod"), "homics-tutor cluster start"),
        (("--workspace", "kube/gateway/service.yaml", "steps"), "Name the folder that holds kube/"),
    ],
)
def test_a_wrong_word_says_what_the_right_ones_are(workspace: Path, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (workspace.parent / "state" / "practice").exists(), "nothing was started for it"


def test_options_before_a_wrong_command_are_still_options(workspace: Path) -> None:
    assert run("--plian").exit_code == 2
    assert "Did you mean '--plain'?" in run("--plian").stderr


@pytest.mark.parametrize(
    "words", [("reset", "gateway-deployment"), ("cluster", "reset"), ("report", "-o", "kube/gateway/service.yaml")]
)
def test_where_nobody_answers_nothing_is_changed_and_yes_is_named(workspace: Path, words: tuple[str, ...]) -> None:
    file = workspace / "kube/gateway/deployment.yaml"
    file.write_text("mine: true\n")
    before = {path: path.read_text() for path in (workspace / "kube").rglob("*.yaml")}
    result = run(*words)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert {path: path.read_text() for path in (workspace / "kube").rglob("*.yaml")} == before


def test_no_is_no_for_the_practice_cluster(workspace: Path) -> None:
    result = run("cluster", "reset", typed="n\n")
    assert result.exit_code == 1
    assert result.stdout.endswith("Nothing was changed.\n")


def test_files_that_are_wrong_do_not_hide_a_cluster_that_is_away(workspace: Path) -> None:
    result = run("check", "gateway-deployment", "--context", "nope")
    assert result.exit_code == 1
    assert 'The cluster was not asked. There is no context "nope".' in result.stderr
    assert "The cluster was not asked" not in run("check", "gateway-deployment", "--offline").stderr


def test_a_check_that_is_told_by_the_findings_is_not_told_twice(workspace: Path) -> None:
    result = run("check", "crash")
    assert result.exit_code == 2
    assert result.output.count("No kubeconfig was found") == 1


@posix
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("homics-tutor --plain --practice --context x <&-", 2),
        ("homics-tutor check gateway-deployment --offline <&-", 1),
        ("homics-tutor check gateway-deployment --offline >&-", 1),
        ("homics-tutor hint gateway-deployment >&- 2>&-", 0),
        ("homics-tutor reset gateway-deployment <&-", 2),
        ("homics-tutor demo --step nope <&-", 2),
        ("homics-tutor steps >&- 2>&- <&-", 0),
    ],
)
def test_closed_streams_are_no_defect(workspace: Path, command: str, code: int) -> None:
    done = shell(command, workspace)
    assert done.returncode == code, done
    assert "defect" not in done.stderr
    assert not (workspace.parent / "state" / "defects.log").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("command", ["steps", "watch --kubeconfig {}"])
def test_an_output_without_room_is_no_defect(workspace: Path, served: ServedApi, tmp_path: Path, command: str) -> None:
    kubeconfig = served.api.kubeconfig(tmp_path)
    done = shell(f"homics-tutor {command.format(kubeconfig)} > /dev/full", workspace)
    assert done.returncode == 2
    assert "finds no room (No space left on device). Make some" in done.stderr
    assert not (workspace.parent / "state" / "defects.log").exists()


@posix
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("command", ["hint gateway-deployment", "--instructor solution crash", "steps", "author rules"])
def test_a_sign_that_the_encoding_does_not_have_ends_nothing(workspace: Path, command: str, encoding: str) -> None:
    done = shell(f"homics-tutor {command} > said.txt", workspace, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert (workspace / "said.txt").stat().st_size > 0


def test_progress_that_cannot_be_kept_is_told(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = workspace.parent / "blocked"
    blocked.write_text("a file, not a folder")
    monkeypatch.setenv("HOMICS_STATE_DIR", str(blocked))
    result = run("hint", "gateway-deployment")
    assert result.exit_code == 0
    assert "hint 1 of 3" in result.stdout
    assert str(blocked) in result.stderr
    checked = run("check", "gateway-deployment", "--offline")
    assert checked.exit_code == 1
    assert str(blocked) in checked.stderr


def test_a_folder_that_cannot_be_looked_at_is_a_sentence(workspace: Path) -> None:
    result = run("--workspace", "x" * 5000, "steps")
    assert result.exit_code == 2
    assert "Check --workspace" in result.stderr


@pytest.mark.parametrize("option", ["--workspace", "--kubeconfig", "--course"])
def test_what_may_not_be_read_is_said_in_the_tutors_words(
    workspace: Path, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    result = run(option, str(workspace / "kube/gateway/service.yaml"), "check", "gateway-deployment")
    assert "Usage:" not in result.stderr


@posix
def test_ctrl_c_that_python_throws_away_comes_again(workspace: Path) -> None:
    program = """
import gc, signal, sys, time
from tutor.cli.stopping import lose_no_interrupt
class Old:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
lose_no_interrupt()
try:
    Old()
    gc.collect()
    time.sleep(30)
except KeyboardInterrupt:
    sys.exit(5)
"""
    done = shell(f"'{sys.executable}' -c '{program}'", workspace)
    assert (done.returncode, done.stderr) == (5, "")


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are another thing there")
def test_ctrl_c_at_an_instructors_question_does_not_wait_for_the_answer(
    workspace: Path, served: ServedApi, tmp_path: Path
) -> None:
    words = ("--kubeconfig", str(served.api.kubeconfig(tmp_path)), "instructor", "heal")
    with Terminal(*words, cwd=workspace, HOMICS_STATE_DIR=str(tmp_path / "state")) as terminal:
        terminal.until("[y/N]")
        terminal.interrupt()
        assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    assert "Fatal" not in terminal.shown
