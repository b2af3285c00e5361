"""`homics-tutor watch` as a process: its lines, its end, and a `check` that reads what it records."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.served_api import ServedApi
from tests.cluster.fake_api import FakeApi

ROOT = Path(__file__).parent.parent.parent
LONGEST = 30.0
"""Seconds after which a line is not coming any more."""


class Watching:
    """A running `watch` and what it has printed."""

    def __init__(self, api: FakeApi, folder: Path) -> None:
        self.folder = folder
        (folder / "exercise" / "kube").mkdir(parents=True)
        self.environment = {
            **os.environ,
            "HOMICS_STATE_DIR": str(folder / "state"),
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        }
        self.options = ["--workspace", str(folder / "exercise"), "--kubeconfig", str(api.kubeconfig(folder))]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "watch", *self.options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.seen: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)

    def listen(self) -> None:
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def until(self, text: str) -> str:
        while True:
            line = self.lines.get(timeout=LONGEST)
            self.seen.append(line)
            if text in line:
                return line

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(LONGEST)
        if self._reader.is_alive():
            self._reader.join(LONGEST)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@pytest.fixture
def watching(served: ServedApi, tmp_path: Path) -> Iterator[Watching]:
    served.do(lambda api: pod(api, restarts=0))
    made = Watching(served.api, tmp_path)
    yield made
    made.end()


def pod(api: FakeApi, *, restarts: int, ready: bool = True) -> None:
    owner = {"kind": "ReplicaSet", "name": "user-deployment-abc", "uid": "r", "controller": True}
    status = {"name": "user", "ready": ready, "restartCount": restarts, "state": {"running": {}}}
    api.put(
        "Pod",
        "user-deployment-abc-x",
        uid="u1",
        metadata={"ownerReferences": [owner], "labels": {"pod-template-hash": "abc"}},
        spec={"containers": [{"name": "user", "image": "homics/user-activity:1.0.0"}]},
        status={
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "containerStatuses": [status],
        },
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there a process is ended without a word")
def test_it_tells_changes_and_ends_in_order(watching: Watching, served: ServedApi) -> None:
    watching.listen()
    watching.until("connected: minikube")
    watching.until("pod user-deployment-abc-x 1/1 Running  homics/user-activity:1.0.0")
    served.do(lambda api: pod(api, restarts=0, ready=False))
    watching.until("pod user-deployment-abc-x 0/1 Running")
    served.do(lambda api: pod(api, restarts=1))
    watching.until("1/1 Running restarts 1")
    watching.process.send_signal(signal.SIGTERM)
    watching.until("stopped")
    assert watching.process.wait(LONGEST) == 0
    recorded = next((watching.folder / "state").rglob("timeline.jsonl")).read_text().splitlines()
    assert json.loads(recorded[-1])["type"] == "RecordingEnded"


@pytest.mark.skipif(sys.platform == "win32", reason="there a process is ended without a word")
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_says_that_nothing_is_recorded_where_nothing_can_be(served: ServedApi, tmp_path: Path, by: int) -> None:
    (tmp_path / "state").write_text("a file where the folder is to be")
    watching = Watching(served.api, tmp_path)
    try:
        watching.listen()
        assert "HOMICS_STATE_DIR" in watching.until("cannot be made")
        watching.until("connected: minikube")
        watching.process.send_signal(by)
        assert "What was seen is not recorded, and `homics-tutor check` cannot read it." in watching.until("topped. ")
    finally:
        watching.end()


@pytest.mark.skipif(sys.platform == "win32", reason="there a process is ended without a word")
def test_at_the_end_it_says_that_what_was_seen_is_recorded(watching: Watching) -> None:
    watching.listen()
    watching.until("pod user-deployment-abc-x")
    watching.process.send_signal(signal.SIGINT)
    assert watching.until("Stopped.") == "Stopped. What was seen is recorded; `homics-tutor check` reads it."


def test_a_lost_cluster_is_said_and_its_return(watching: Watching, served: ServedApi) -> None:
    watching.listen()
    watching.until("pod user-deployment-abc-x")
    served.run(served.api.stop())
    lost = watching.until("lost: minikube")
    assert "nobody accepts the connection" in lost
    assert re.match(r"\d\d:\d\d:\d\d\.\d  lost: minikube\. There is no answer", lost), "a sentence with its time"
    served.run(served.api.start())
    served.do(lambda api: pod(api, restarts=1))
    watching.until("connected: minikube")
    watching.until("meanwhile: pod user-deployment-abc-x 1/1 Running restarts 1")
    assert sum("nobody accepts the connection" in line for line in watching.seen) == 1, "nothing is said twice"
    assert not any("answers again" in line for line in watching.seen)


def test_a_check_beside_it_reads_its_record(watching: Watching, served: ServedApi) -> None:
    """The crash happens while `check` does not run: `watch` saw it."""
    watching.listen()
    watching.until("pod user-deployment-abc-x")

    def check() -> tuple[int, str]:
        command = [sys.executable, "-m", "tutor", "check", "crash", "--format", "json", *watching.options]
        done = subprocess.run(
            command, env=watching.environment, capture_output=True, text=True, timeout=60, check=False
        )
        said = json.loads(done.stdout)
        return done.returncode, next(f["message"] for f in said["findings"] if f["rule"] == "crash-seen")

    code, message = check()
    assert (code, "No crash of user-deployment has been seen" in message) == (1, True)
    served.do(lambda api: pod(api, restarts=0, ready=False))
    watching.until("0/1 Running")
    served.do(lambda api: pod(api, restarts=1))
    watching.until("restarts 1")
    _, message = check()
    assert message.startswith("Restart 0→1 of user-deployment-abc-x at ")
    assert "nobody was looking" not in message


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a pipe can be set on Linux alone")
def test_a_reader_that_pauses_holds_nothing_up(watching: Watching, served: ServedApi) -> None:
    """As `less` does: it reads a page, and then nothing until a key is pressed."""
    import fcntl

    assert watching.process.stdout is not None
    fcntl.fcntl(watching.process.stdout.fileno(), fcntl.F_SETPIPE_SZ, 4_096)
    recorded = ""
    state = watching.folder / "state"
    ends = time.monotonic() + LONGEST
    number = 0
    while '"restarts":150' not in recorded:
        assert time.monotonic() < ends, "the recording stands still"
        number = min(number + 1, 150)
        served.do(lambda api: pod(api, restarts=number))  # noqa: B023
        time.sleep(0.02)
        recorded = "".join(path.read_text() for path in state.rglob("timeline.jsonl"))
    watching.process.send_signal(signal.SIGTERM)
    assert watching.process.wait(LONGEST) == 0
    watching.listen()
    watching.until("connected: minikube")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
def test_a_reader_that_goes_away_ends_it_without_a_word(watching: Watching, served: ServedApi) -> None:
    assert watching.process.stdout is not None
    first = watching.process.stdout.readline()
    assert first
    watching.process.stdout.close()
    code: int | None = None
    for number in range(300):
        served.do(lambda api: pod(api, restarts=number))  # noqa: B023
        try:
            code = watching.process.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            continue
    assert code == 0
