"""`homics-tutor cluster …` as a learner types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.practice.life.kube import PODS, call, get, pod
from tutor.cli.main import group
from tutor.practice import life
from tutor.practice.life.folder import ClusterFolder


@pytest.fixture(autouse=True)
def _state(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(state.parent))
    monkeypatch.setenv("HOMICS_PORT", "0")


def cluster(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(group, ["cluster", *arguments], input=answer)


def test_from_nothing_to_nothing(state: Path) -> None:
    result = cluster("status")
    assert (result.exit_code, result.output) == (
        1,
        "The practice cluster does not run. Start it with: homics-tutor cluster start\n",
    )
    assert cluster("env").exit_code == 2
    result = cluster("start")
    assert result.exit_code == 0, result.output
    running = life.status(state)
    assert running is not None
    if os.name == "posix":
        assert result.output == (
            f"The practice cluster runs at {running.server}.\n"
            "To use it with kubectl in this terminal:\n"
            f"  export KUBECONFIG={running.kubeconfig}\n"
        )
    assert "runs already" in cluster("start").output
    result = cluster("status")
    assert result.exit_code == 0
    assert f"kubeconfig: {running.kubeconfig}" in result.output
    assert "serving on" in cluster("logs").output
    assert "has stopped" in cluster("stop").output
    assert "was not running" in cluster("stop").output


def test_reset_asks_first(state: Path) -> None:
    cluster("start")
    running = life.status(state)
    assert running is not None
    assert call(state, running.port, "POST", PODS, pod())[0] == 201
    assert cluster("reset", answer="n\n").exit_code == 1
    assert len(get(state, running.port, PODS)["items"]) == 1
    result = cluster("reset", answer="y\n")
    assert result.exit_code == 0
    assert life.status(state) is None
    cluster("start")
    running = life.status(state)
    assert running is not None
    assert get(state, running.port, PODS)["items"] == []


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", "export KUBECONFIG='{}'"),
        ("fish", "set -gx KUBECONFIG '{}'"),
        ("powershell", "$env:KUBECONFIG = '{}'"),
        ("cmd", "set KUBECONFIG={}"),
    ],
)
def test_env_for_each_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str, line: str) -> None:
    folder = ClusterFolder(tmp_path / "with space" / "practice")
    folder.create()
    folder.kubeconfig.write_text("{}")
    monkeypatch.setenv("HOMICS_STATE_DIR", str(folder.path.parent))
    told = cluster("env", "--shell", shell)
    assert told.stdout.strip() == line.format(folder.kubeconfig)
    assert "does not run and answers no kubectl" in told.stderr
    assert told.exit_code == 0


def test_a_problem_is_one_sentence_and_exit_code_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMICS_PORT", "many")
    result = cluster("start")
    assert result.exit_code == 2
    assert "which is no port" in result.output
    monkeypatch.setenv("HOMICS_PORT", "0")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "file"))
    result = cluster("start")
    assert result.exit_code == 2
    assert "Set HOMICS_STATE_DIR" in result.output
    assert "Traceback" not in result.output


def test_status_needs_nothing_heavy() -> None:
    code = (
        "import sys; import tutor.cli.cluster, tutor.practice.life\n"
        "print([m for m in ('aiohttp', 'cryptography', 'kubernetes', 'textual', 'yaml', 'psutil') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
