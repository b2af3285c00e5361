"""The commands in a real terminal: its width, and Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.served_api import ServedApi
from tests.cli.terminal import ROOT, Terminal
from tests.ports import free_port

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals are another thing there")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "starter", tmp_path / "exercise")
    return tmp_path


def opened(folder: Path, served: ServedApi, *words: str, columns: int = 80, **environment: str) -> Terminal:
    environment = {"HOMICS_STATE_DIR": str(folder / "state"), **environment}
    where = ("--kubeconfig", str(served.api.kubeconfig(folder)))
    return Terminal(*where, *words, columns=columns, cwd=folder / "exercise", **environment)


def processes() -> str:
    return subprocess.run(["ps", "-axww", "-o", "args"], capture_output=True, text=True, check=True).stdout


def quiet(terminal: Terminal) -> None:
    for word in ("Traceback", "Aborted", "Error", "Exception"):
        assert word not in terminal.shown


@pytest.mark.parametrize(("columns", "wished"), [(80, ""), (50, ""), (80, "50"), (50, "200"), (50, "x")])
def test_plain_lines_fit_the_terminal(folder: Path, served: ServedApi, columns: int, wished: str) -> None:
    with opened(folder, served, "--plain", columns=columns, COLUMNS=wished) as terminal:
        terminal.until("[connected] minikube")
        terminal.type("check\n")
        terminal.until("gateway-deployment: not yet")
        terminal.type("quit\n")
        assert terminal.end() == 0
    width = min(columns, 50 if wished == "50" else columns)
    long = [line for line in terminal.shown.splitlines() if len(line) >= width and "http" not in line]
    code = ("gateway-deployment-77d8", "NAME  ", "gateway-deployment   1/1")
    assert [line for line in long if not line.startswith(code)] == []
    assert "kubectl apply -f kube/gateway/deployment.yaml" in terminal.shown.splitlines()
    assert "\n- `spec.selector` says which" in terminal.shown


@pytest.mark.parametrize(
    "words", ["steps", "hint user-database", "check", "check nope", "nope", "doctor --no-registry", "cluster status"]
)
def test_no_commands_lines_are_broken_by_the_terminal(folder: Path, served: ServedApi, words: str) -> None:
    with opened(folder, served, *words.split(), columns=50) as terminal:
        terminal.end()
    lines = terminal.shown.splitlines()
    assert len(lines) > 1, "long enough to be broken"
    assert [line for line in lines if len(line) >= 50 and "http" not in line and str(folder) not in line] == []


def test_ctrl_c_in_plain_ends_it_with_a_line(folder: Path, served: ServedApi) -> None:
    with opened(folder, served, "--plain") as terminal:
        terminal.until("[connected] minikube")
        terminal.interrupt()
        assert terminal.end() == 130
    assert "homics-tutor cluster stop" in terminal.shown.splitlines()[-1]
    quiet(terminal)


def test_ctrl_c_in_watch_ends_it_and_closes_the_record(folder: Path, served: ServedApi) -> None:
    with opened(folder, served, "watch") as terminal:
        terminal.until("connected: minikube")
        terminal.interrupt()
        assert terminal.end() == 130
    assert terminal.shown.splitlines()[-1].startswith("Stopped. What was seen is recorded")
    quiet(terminal)
    recorded = next((folder / "state").rglob("timeline.jsonl")).read_text().splitlines()
    assert '"RecordingEnded"' in recorded[-1]


@pytest.mark.parametrize("words", [(), ("--offline",)])
def test_ctrl_c_in_a_check_that_waits_is_no_verdict(folder: Path, served: ServedApi, words: tuple[str, ...]) -> None:
    begun = folder / "state"
    with opened(folder, served, "check", "--wait", "100", *words) as terminal:
        while not list(begun.rglob("progress.json")):
            assert terminal.process.poll() is None
        terminal.interrupt()
        assert terminal.end() == 130
    assert terminal.shown.strip() == "Stopped before there was a verdict."


def test_ctrl_c_is_kubectls_first(folder: Path, served: ServedApi) -> None:
    """A kubectl that asks or cleans up at Ctrl-C is not killed meanwhile; its exit code is told."""
    programs = folder / "bin"
    programs.mkdir()
    script = "import signal, sys, time\n"
    script += "signal.signal(signal.SIGINT, lambda *_: (time.sleep(0.6), print('cleaned up'), sys.exit(7)))\n"
    script += "print('waiting', flush=True)\ntime.sleep(100)\n"
    kubectl = programs / "kubectl"
    kubectl.write_text(f"#!{sys.executable}\n{script}")
    kubectl.chmod(kubectl.stat().st_mode | stat.S_IXUSR)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with opened(folder, served, "kubectl", "get", "pod", "-w", PATH=path) as terminal:
        terminal.until("waiting")
        terminal.interrupt()
        assert terminal.end() == 7
    assert "cleaned up" in terminal.shown
    quiet(terminal)


def test_a_kubectl_that_ctrl_c_ends_is_interrupted(folder: Path, served: ServedApi) -> None:
    programs = folder / "bin"
    programs.mkdir()
    kubectl = programs / "kubectl"
    kubectl.write_text("#!/bin/sh\necho waiting\nexec sleep 100\n")
    kubectl.chmod(kubectl.stat().st_mode | stat.S_IXUSR)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with opened(folder, served, "kubectl", "get", "pod", "-w", PATH=path) as terminal:
        terminal.until("waiting")
        terminal.interrupt()
        assert terminal.end() == -signal.SIGINT, "which a shell calls 130"
    quiet(terminal)


def test_a_kubectl_that_cannot_be_run_is_a_sentence(folder: Path, served: ServedApi) -> None:
    programs = folder / "bin"
    programs.mkdir()
    kubectl = programs / "kubectl"
    kubectl.write_bytes(b"\x7fELF of another machine")
    kubectl.chmod(kubectl.stat().st_mode | stat.S_IXUSR)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with opened(folder, served, "kubectl", "get", "pod", PATH=path) as terminal:
        assert terminal.end() == 2
    assert "cannot be run" in terminal.shown


def test_ctrl_c_while_the_practice_cluster_starts_leaves_none(folder: Path) -> None:
    state = folder / "state"
    environment = {"HOMICS_STATE_DIR": str(state), "HOMICS_PORT": str(free_port())}
    with Terminal("cluster", "start", cwd=folder, **environment) as terminal:
        while str(state) not in processes():
            assert terminal.process.poll() is None, terminal.shown
        terminal.interrupt()
        assert terminal.end() == 130
    assert "Stopped before the practice cluster ran." in terminal.shown
    quiet(terminal)
    with Terminal("cluster", "status", cwd=folder, **environment) as terminal:
        assert terminal.end() == 1
    assert "does not run" in terminal.shown
    assert str(state) not in processes(), "no daemon that comes up later"


def test_ctrl_c_at_a_question_changes_nothing(folder: Path, served: ServedApi) -> None:
    with opened(folder, served, "reset", "gateway-deployment") as terminal:
        terminal.until("[y/N]")
        terminal.interrupt()
        assert terminal.end() == 130
    quiet(terminal)
    assert not list((folder / "state").rglob("*.bak"))


def test_a_tutor_that_is_terminated_leaves_the_terminal_as_it_was(folder: Path, served: ServedApi) -> None:
    with opened(folder, served) as terminal:
        terminal.until("Esc")
        terminal.process.terminate()
        assert terminal.end() == 143
    entered, left = "\x1b[?1049h", "\x1b[?1049l"
    assert terminal.shown.count(entered) == terminal.shown.count(left) > 0
    assert terminal.shown.rindex(left) > terminal.shown.rindex(entered)
    assert terminal.shown.rindex("\x1b[?25h") > terminal.shown.rindex("\x1b[?25l"), "the cursor is seen"
    quiet(terminal)
