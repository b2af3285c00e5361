"""What processes use, and what differs between systems when they are started and ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from tests.fakes import FakeClock
from tutor.practice.kubelet import process_os
from tutor.practice.kubelet.process_records import ProcessRecords
from tutor.practice.kubelet.usage import Usage


class Cpu:
    """Stands in for psutil.Process: `spent` is the CPU seconds so far of each pid."""

    spent: ClassVar[dict[int, float]] = {}

    def __init__(self, pid: int) -> None:
        if pid not in self.spent:
            raise psutil.NoSuchProcess(pid)
        self.pid = pid

    def oneshot(self) -> Cpu:
        return self

    def __enter__(self) -> None:
        if self.pid not in self.spent:
            raise psutil.NoSuchProcess(self.pid)

    def __exit__(self, *_: object) -> None:
        pass

    def cpu_times(self) -> Cpu:
        return self

    @property
    def user(self) -> float:
        return self.spent[self.pid]

    system = 0.0

    def memory_info(self) -> Cpu:
        return self

    rss = 1 << 20


@pytest.fixture
def usage(monkeypatch: pytest.MonkeyPatch) -> tuple[FakeClock, Usage]:
    monkeypatch.setattr("tutor.practice.kubelet.usage.psutil.Process", Cpu)
    Cpu.spent = {}
    clock = FakeClock()
    return clock, Usage(clock)


async def test_cpu_is_a_rate_over_the_last_fifteen_seconds(usage: tuple[FakeClock, Usage]) -> None:
    clock, figures = usage
    for spent in (0.0, 0.5, 1.0, 1.5, 6.5):
        Cpu.spent = {7: spent}
        figures.sample({("uid", "a"): 7})
        await clock.advance(5)
    assert figures.cpu_milli("uid") == {"a": 400}
    assert figures.memory_bytes("uid") == {"a": 1 << 20}
    assert figures.cpu_milli("other") == {}


async def test_one_sample_is_no_rate_and_a_new_process_begins_anew(usage: tuple[FakeClock, Usage]) -> None:
    clock, figures = usage
    Cpu.spent = {7: 100.0, 8: 0.0}
    figures.sample({("uid", "a"): 7})
    assert figures.cpu_milli("uid") == {}
    await clock.advance(5)
    figures.sample({("uid", "a"): 8})
    assert figures.cpu_milli("uid") == {}


async def test_a_process_that_ended_between_two_samples_has_no_newer_one(usage: tuple[FakeClock, Usage]) -> None:
    _, figures = usage
    Cpu.spent = {}
    figures.sample({("uid", "a"): 7})
    assert figures.cpu_milli("uid") == {}
    figures.sample({})
    assert figures.memory_bytes("uid") == {}


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
@pytest.mark.parametrize(("returncode", "code"), [(0, 0), (3, 3), (-15, 143), (-9, 137), (-11, 139)])
def test_exit_codes_are_those_of_a_container_runtime(returncode: int, code: int) -> None:
    assert process_os.exit_code(returncode, None) == code


def test_a_reserved_port_refuses_until_its_process_listens() -> None:
    import socket

    told, local, bound = process_os.reserve(8080)
    try:
        assert told.port == 8080
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", local), timeout=5)
    finally:
        if bound is not None:
            bound.close()


def test_nothing_of_the_daemon_s_environment_reaches_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "AWS_SECRET_ACCESS_KEY", "KUBECONFIG", "PYTHONPATH", "SSH_AUTH_SOCK", "LD_PRELOAD"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in process_os.process_environment().values()


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", "standins"],
        stdin=subprocess.PIPE,
        start_new_session=sys.platform != "win32",
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}', "\x00"])
def test_a_record_that_cannot_be_read_is_dropped(tmp_path: Path, content: str) -> None:
    (tmp_path / "1.json").write_text(content)
    assert ProcessRecords(tmp_path).sweep() == []
    assert list(tmp_path.iterdir()) == []


def test_a_process_of_the_same_pid_but_another_start_is_left_alone(
    tmp_path: Path, process: subprocess.Popen[bytes]
) -> None:
    records = ProcessRecords(tmp_path)
    records.add(process.pid, "default/web/a")
    [path] = tmp_path.iterdir()
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "created": document["created"] - 100}))
    assert records.sweep() == []
    assert process.poll() is None


def test_a_process_that_ends_takes_its_record_along(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    records = ProcessRecords(tmp_path)
    records.add(process.pid, "default/web/a")
    records.remove(process.pid)
    records.remove(process.pid)
    assert records.sweep() == []
    assert process.poll() is None
