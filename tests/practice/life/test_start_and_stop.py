"""The daemon as a real process: started once, whoever asks; stopped without a trace; found again after any end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.practice.life.kube import PODS, call, containers_of, get, pod, runs, until
from tutor.practice import life
from tutor.practice.life import control, instance, spawn
from tutor.practice.life.errors import BadPort, FolderUnusable, NotAnswering, PortBusy, StartFailed
from tutor.practice.life.folder import ClusterFolder

ANY_PORT = 0
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and modes of POSIX systems")


def restarts(state: Path, port: int) -> int:
    return int(get(state, port, f"{PODS}/web")["status"]["containerStatuses"][0]["restartCount"])


def saved_phase(state: Path) -> str:
    """Of the pod, as the disk has it: a little later than the API."""
    with closing(sqlite3.connect(ClusterFolder(state).objects)) as connection:
        row = connection.execute("SELECT content FROM objects WHERE kind = 'Pod' AND name = 'web'").fetchone()
    return str(json.loads(row[0]).get("status", {}).get("phase")) if row else ""


def test_start_serves_and_says_where(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    assert running.started_now
    assert get(state, running.port, "/version")["gitVersion"] == "v1.34.2"
    assert [n["metadata"]["name"] for n in get(state, running.port, "/api/v1/nodes")["items"]] == ["minikube"]
    config = json.loads(running.kubeconfig.read_text())
    assert config["clusters"][0]["cluster"]["server"] == running.server
    assert config["current-context"] == "homics-practice"


def test_a_second_start_finds_the_first(state: Path) -> None:
    first = life.start(state, ANY_PORT)
    second = life.start(state, ANY_PORT)
    assert (second.pid, second.boot_id, second.started_now) == (first.pid, first.boot_id, False)
    found = life.status(state)
    assert found is not None
    assert found.details is not None
    assert found.details["problems"] == []


def test_several_starts_at_once_make_one_daemon(state: Path) -> None:
    found: list[life.Running] = []
    threads = [threading.Thread(target=lambda: found.append(life.start(state, ANY_PORT))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len({running.boot_id for running in found}) == 1
    assert [running.started_now for running in found].count(True) == 1


def test_stop_ends_the_daemon_and_its_containers_and_keeps_the_objects(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    assert call(state, running.port, "POST", PODS, pod())[0] == 201
    until(lambda: runs(state, running.port), "the pod runs")
    uid = get(state, running.port, f"{PODS}/web")["metadata"]["uid"]
    processes = containers_of(running.pid)
    assert processes
    assert life.stop(state)
    assert not psutil.pid_exists(running.pid)
    assert not any(process.is_running() for process in processes)
    assert life.status(state) is None
    assert not life.stop(state)
    again = life.start(state, ANY_PORT)
    assert get(state, again.port, f"{PODS}/web")["metadata"]["uid"] == uid


def test_a_killed_daemon_leaves_no_process_and_comes_back_like_a_rebooted_node(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    call(state, running.port, "POST", PODS, pod())
    until(lambda: runs(state, running.port), "the pod runs")
    before = get(state, running.port, f"{PODS}/web")
    until(lambda: saved_phase(state) == "Running", "that it runs is saved")
    processes = containers_of(running.pid)
    psutil.Process(running.pid).kill()
    until(lambda: not any(process.is_running() for process in processes), "the containers have ended")
    assert life.status(state) is None
    again = life.start(state, ANY_PORT)
    assert again.boot_id != running.boot_id
    # What was stored of it says that it runs: that was before.
    until(lambda: restarts(state, again.port) and runs(state, again.port), "the pod runs again")
    after = get(state, again.port, f"{PODS}/web")
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    status = after["status"]["containerStatuses"][0]
    assert status["restartCount"] == 1
    assert status["lastState"]["terminated"]["exitCode"] == 255
    events = get(state, again.port, "/api/v1/namespaces/default/events")["items"]
    assert {"SandboxChanged", "Rebooted"} <= {event["reason"] for event in events}
    assert int(after["metadata"]["resourceVersion"]) > int(before["metadata"]["resourceVersion"])


def test_a_watch_from_before_the_end_is_told_to_list_again(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    version = get(state, running.port, PODS)["metadata"]["resourceVersion"]
    psutil.Process(running.pid).kill()
    again = life.start(state, ANY_PORT)
    status, answer = call(state, again.port, "GET", f"{PODS}?watch=true&resourceVersion={version}&timeoutSeconds=1")
    code = answer.get("code") or answer.get("object", {}).get("code")
    assert (status, code) in ((200, 410), (410, 410))


def test_reset_forgets_everything(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    call(state, running.port, "POST", PODS, pod())
    token = (state / "token").read_text()
    life.reset(state)
    assert not psutil.pid_exists(running.pid)
    assert sorted(path.name for path in state.iterdir() if not path.name.endswith(".lock")) == []
    again = life.start(state, ANY_PORT)
    assert get(state, again.port, PODS)["items"] == []
    assert (state / "token").read_text() != token


def test_a_busy_port_is_named_with_what_to_do(state: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortBusy, match=rf"uses port {port}\. Stop that program, or choose another port"):
            life.start(state, port)
    assert life.start(state, port).port == port


def test_a_record_of_another_process_counts_for_nothing(state: Path) -> None:
    """As after a restart of the machine: the pid is somebody else's by now."""
    folder = ClusterFolder(state)
    folder.create()
    other = instance.of_this_process("0000", 9)
    instance.Instance(other.pid, other.began - 1000, "0000", 9).write(folder.instance)
    assert life.status(state) is None
    assert not life.stop(state)
    assert psutil.pid_exists(other.pid)
    assert life.start(state, ANY_PORT).started_now


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}', b"\x00\xff"])
def test_a_record_that_cannot_be_read_counts_for_nothing(state: Path, content: bytes) -> None:
    folder = ClusterFolder(state)
    folder.create()
    folder.instance.write_bytes(content)
    assert life.status(state) is None
    assert not life.stop(state)


@posix_only
def test_a_daemon_that_does_not_answer_is_named_and_stop_ends_it(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = life.start(state, ANY_PORT)
    psutil.Process(running.pid).suspend()
    monkeypatch.setattr("tutor.practice.life.client.ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(control, "_STOP_SECONDS", 0.3)
    monkeypatch.setattr(control, "_ENDING_SECONDS", 0.1)
    with pytest.raises(NotAnswering, match=rf"process {running.pid}\) but does not answer"):
        life.status(state)
    with pytest.raises(NotAnswering, match="homics-tutor cluster stop"):
        life.start(state, ANY_PORT)
    assert life.stop(state)
    assert not psutil.pid_exists(running.pid)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable, match="Set HOMICS_STATE_DIR to a folder that you may write to"):
        life.start(tmp_path / "file" / "practice", ANY_PORT)


def test_saved_objects_that_cannot_be_read_are_set_aside_and_said(state: Path) -> None:
    folder = ClusterFolder(state)
    folder.create()
    folder.objects.write_bytes(b"this is no database, and longer than a header of one" * 50)
    running = life.start(state, ANY_PORT)
    assert "could not be read" in running.note
    assert len(list(state.glob("objects.sqlite.broken-*"))) == 1
    assert get(state, running.port, PODS)["items"] == []


def test_a_daemon_that_ends_while_it_starts_is_said(state: Path) -> None:
    folder = ClusterFolder(state)
    folder.create()
    (state / "certificates").write_text("not a folder")
    with pytest.raises((FolderUnusable, StartFailed)):
        life.start(state, ANY_PORT)
    (state / "certificates").unlink()
    assert life.start(state, ANY_PORT).started_now


@posix_only
def test_ctrl_c_while_the_process_is_being_made_leaves_none(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment in which the process runs and `Popen` has not returned."""
    begun: list[psutil.Process] = []
    real = subprocess.Popen

    def interrupted(*args: object, **more: object) -> object:
        process = real(*args, **more)  # type: ignore[call-overload]
        begun.append(psutil.Process(process.pid))
        os.kill(os.getpid(), signal.SIGINT)
        told.wait(60)
        return process

    told = threading.Event()
    give_up = spawn._Attempt.give_up

    def giving_up(attempt: spawn._Attempt) -> None:
        told.set()
        give_up(attempt)

    monkeypatch.setattr(spawn.subprocess, "Popen", interrupted)
    monkeypatch.setattr(spawn._Attempt, "give_up", giving_up)
    with pytest.raises(KeyboardInterrupt):
        life.start(state, ANY_PORT)
    assert len(begun) == 1
    assert not begun[0].is_running()
    monkeypatch.undo()
    assert life.status(state) is None
    assert life.start(state, ANY_PORT).started_now, "and nothing is in the next one's way"


def test_a_process_that_cannot_be_made_is_said(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(state / "no-such-python"))
    with pytest.raises(StartFailed, match=r"process cannot be started \(No such file"):
        life.start(state, ANY_PORT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc", "which is no port"),
        ("-1", "which is no port"),
        ("70000", "which is no port"),
        ("٣", "which is no port"),
        ("31317", "are the Services' nodePorts"),
    ],
)
def test_a_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    monkeypatch.setenv("HOMICS_PORT", text)
    with pytest.raises(BadPort, match=said):
        control.wanted_port()


def test_the_port_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMICS_PORT", " 12345 ")
    assert control.wanted_port() == 12345
    monkeypatch.delenv("HOMICS_PORT")
    assert control.wanted_port() == control.DEFAULT_PORT


def test_nobody_without_the_token_is_answered(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    for path in ("/api", "/apis", PODS, "/api/v1/secrets", "/practice/status"):
        assert call(state, running.port, "GET", path, token="")[0] == 401
        assert call(state, running.port, "GET", path, token="wrong")[0] == 401
    assert call(state, running.port, "POST", "/practice/stop", token="wrong")[0] == 401
    assert life.status(state) is not None


def test_everything_listens_on_this_machine_alone(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    call(state, running.port, "POST", PODS, pod())
    until(lambda: runs(state, running.port), "the pod runs")
    processes = [psutil.Process(running.pid), *containers_of(running.pid)]
    listening = {
        connection.laddr.ip
        for process in processes
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


@posix_only
def test_no_other_user_can_read_anything(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    call(state, running.port, "POST", PODS, pod())
    until(lambda: runs(state, running.port), "the pod runs")
    assert state.stat().st_mode & 0o777 == 0o700
    open_to_others = [path for path in state.rglob("*") if path.lstat().st_mode & 0o077]
    assert open_to_others == []


def test_the_daemon_outlives_the_one_who_started_it(state: Path) -> None:
    code = f"from pathlib import Path; from tutor.practice import life; print(life.start(Path({str(state)!r}), 0).pid)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert result.stderr == ""
    found = life.status(state)
    assert found is not None
    assert found.pid == int(result.stdout)


def test_a_daemon_of_an_earlier_version_makes_way_and_leaves_its_objects(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = life.start(state, ANY_PORT)
    call(state, old.port, "POST", PODS, pod())
    monkeypatch.setattr(control, "__version__", "999")
    new = life.start(state, ANY_PORT)
    assert new.started_now
    assert not psutil.pid_exists(old.pid)
    assert get(state, new.port, f"{PODS}/web")["metadata"]["name"] == "web"


def test_a_daemon_whose_folder_was_deleted_ends_by_itself(state: Path) -> None:
    running = life.start(state, ANY_PORT)
    call(state, running.port, "POST", PODS, pod())
    until(lambda: runs(state, running.port), "the pod runs")
    processes = containers_of(running.pid)
    shutil.rmtree(state)
    until(lambda: not is_alive(running.pid), "the daemon has ended")
    assert not any(process.is_running() for process in processes)
    assert life.start(state, running.port).port == running.port


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
