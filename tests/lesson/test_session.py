"""The session: files parsed once, progress shared between processes and kept where the disk refuses it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutor.content.state import VARIABLE
from tutor.core import progress
from tutor.lesson import session as sessions
from tutor.lesson.problem import Problem
from tutor.lesson.session import Session, open_session
from tutor.lesson.settings import Settings

ROOT = Path(__file__).parent.parent.parent
FILE = "kube/gateway/deployment.yaml"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    shutil.copytree(ROOT / "starter", tmp_path / "exercise")
    return tmp_path / "exercise"


def opened(workspace: Path) -> Session:
    return open_session(Settings(workspace=workspace))


def age(path: Path, seconds: float) -> None:
    at = time.time() - seconds
    os.utime(path, (at, at))


def test_a_file_is_parsed_once_for_each_content(workspace: Path) -> None:
    session = opened(workspace)
    first = session.read(FILE)
    assert session.read(FILE) is first
    (workspace / FILE).write_text("kind: Service\n")
    second = session.read(FILE)
    assert second is not first
    assert second.documents[0].kind == "Service"


def test_a_change_within_the_coarseness_of_times_is_seen(workspace: Path) -> None:
    session = opened(workspace)
    (workspace / FILE).write_text("kind: A\n")
    before = (workspace / FILE).stat()
    assert session.read(FILE).documents[0].kind == "A"
    (workspace / FILE).write_text("kind: B\n")
    os.utime(workspace / FILE, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert session.read(FILE).documents[0].kind == "B", "same size, same time, another content"


def test_a_missing_file_names_the_one_that_may_be_meant(workspace: Path) -> None:
    (workspace / FILE).rename(workspace / f"{FILE}.txt")
    assert opened(workspace).read(FILE).near == f"{FILE}.txt"


def test_what_changes_nothing_writes_nothing(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(workspace)
    first.change(lambda p: progress.begun(p, "crash", 1.0))
    again = opened(workspace)
    monkeypatch.setattr(sessions, "save", lambda *_: pytest.fail("it was written"))
    monkeypatch.setattr(Session, "_change_on_disk", lambda *_: pytest.fail("the disk was asked"))
    again.change(lambda p: progress.begun(p, "crash", 2.0))
    assert again.progress.of("crash").begun_at == 1.0


def test_a_file_that_is_old_is_not_opened_again(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(workspace)
    age(workspace / FILE, 60)
    first = session.read(FILE)
    monkeypatch.setattr(type(session.workspace), "read", lambda *_: pytest.fail("it was opened"))
    assert session.read(FILE) is first


def test_a_file_that_vanishes_and_comes_back_is_seen(workspace: Path) -> None:
    session = opened(workspace)
    age(workspace / FILE, 60)
    assert session.read(FILE).exists
    text = (workspace / FILE).read_text()
    (workspace / FILE).unlink()
    assert not session.read(FILE).exists
    (workspace / FILE).write_text(text)
    age(workspace / FILE, 30)
    assert session.read(FILE).exists


def test_two_processes_share_one_progress(workspace: Path) -> None:
    app, check = opened(workspace), opened(workspace)
    app.change(lambda p: progress.begun(p, "gateway-deployment", 1.0))
    check.change(lambda p: progress.passed(p, "crash", 2.0, ["seen"]))
    app.change(lambda p: progress.hint_shown(p, "gateway-deployment", "write", 1))
    again = opened(workspace)
    assert again.progress.passed("crash")
    assert dict(again.progress.of("gateway-deployment").hints) == {"write": 1}
    assert app.progress.passed("crash")


def test_what_another_process_saved_is_taken_in(workspace: Path) -> None:
    app, check = opened(workspace), opened(workspace)
    app.change(lambda p: progress.begun(p, "crash", 1.0))
    app.refresh()
    assert not app.refresh()
    check.change(lambda p: progress.passed(p, "crash", 2.0, ["seen"]))
    assert app.refresh()
    assert app.progress.passed("crash")


def test_a_disk_that_refuses_keeps_progress_in_memory_and_says_it_once(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(workspace)
    session.change(lambda p: progress.begun(p, "crash", 1.0))

    def full(*_: object) -> None:
        raise sessions.ProgressNotSaved("Your progress could not be saved (No space left on device).")

    with monkeypatch.context() as patch:
        patch.setattr(sessions, "save", full)
        session.change(lambda p: progress.tried(p, "crash"))
        session.change(lambda p: progress.tried(p, "crash"))
    assert session.progress.of("crash").attempts == 2, "each transition counts once"
    assert len([message for message in session.messages if "No space left" in message]) == 1
    session.change(lambda p: progress.tried(p, "crash"))
    assert opened(workspace).progress.of("crash").attempts == 3, "and what was kept is saved when there is room again"


def test_progress_of_a_newer_tutor_is_left_as_it_is(workspace: Path) -> None:
    session = opened(workspace)
    session.change(lambda p: progress.begun(p, "crash", 1.0))
    path = session.state.progress
    path.write_text('{"format": 99}')
    session.change(lambda p: progress.tried(p, "crash"))
    assert path.read_text() == '{"format": 99}'
    assert session.progress.of("crash").attempts == 1
    assert any("newer homics-tutor" in message for message in session.messages)


@pytest.mark.parametrize("slug", ["nothing", "gateway_service", ""])
def test_an_unknown_step_names_those_that_there_are(workspace: Path, slug: str) -> None:
    with pytest.raises(Problem, match="gateway-deployment, gateway-service"):
        opened(workspace).step(slug)


def test_a_manifest_of_another_name_is_found(workspace: Path) -> None:
    (workspace / "kube/gateway/all.yml").write_text("kind: Service\n")
    session = opened(workspace)
    assert "kube/gateway/all.yml" in session.manifests(session.step("gateway-service"))


def test_a_check_of_files_loads_the_rules_of_its_step_alone(workspace: Path) -> None:
    code = (
        "import pathlib, sys\n"
        "from tutor.lesson.judging import Judge\n"
        "from tutor.lesson.session import open_session\n"
        "from tutor.lesson.settings import Settings\n"
        "session = open_session(Settings(workspace=pathlib.Path(sys.argv[1])))\n"
        "assert Judge(session).offline(session.step('gateway-deployment'), 0.0).results\n"
        "print([m for m in sys.modules if m.startswith(('tutor.checks.behaviour.', 'tutor.checks.live.'))])"
    )
    command = [sys.executable, "-c", code, str(workspace)]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == "[]"
