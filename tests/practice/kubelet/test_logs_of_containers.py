"""Containers' logs: what is kept, what is given, and where it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.practice.kubelet.doubles import Node, pod
from tutor.kube.times import format_unix
from tutor.practice.kubelet.errors import KubeletError
from tutor.practice.kubelet.logs import LogFile, LogOptions, read

START = 1_760_000_000.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


def opened(folder: Path, clock: FakeClock, **options: int) -> LogFile:
    log = LogFile(folder / "0.log", clock, **options)
    log.open()
    return log


def sizes_in(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.iterdir()]


async def text(log: LogFile, **options: object) -> str:
    pieces = [piece async for piece in read(log.path, LogOptions(**options), None)]  # type: ignore[arg-type]
    return b"".join(pieces).decode()


async def test_lines_come_back_without_their_times_unless_asked(tmp_path: Path, clock: FakeClock) -> None:
    log = opened(tmp_path, clock)
    log.feed(b"one\ntwo\n")
    assert await text(log) == "one\ntwo\n"
    assert await text(log, timestamps=True) == (
        "2025-10-09T08:53:20.000000000Z one\n2025-10-09T08:53:20.000000000Z two\n"
    )
    log.close()


async def test_pieces_are_joined_into_lines_and_the_last_is_kept_at_the_end(tmp_path: Path, clock: FakeClock) -> None:
    log = opened(tmp_path, clock)
    for piece in (b"on", b"e\r\ntw", b"o"):
        log.feed(piece)
    assert await text(log) == "one\n"
    log.close()
    assert await text(log) == "one\ntwo\n"


@pytest.mark.parametrize(("tail", "expected"), [(0, ""), (1, "c\n"), (2, "b\nc\n"), (9, "a\nb\nc\n")])
async def test_the_tail(tmp_path: Path, clock: FakeClock, tail: int, expected: str) -> None:
    log = opened(tmp_path, clock)
    log.feed(b"a\nb\nc\n")
    log.close()
    assert await text(log, tail_lines=tail) == expected


async def test_since_a_moment_and_up_to_so_many_bytes(tmp_path: Path, clock: FakeClock) -> None:
    log = opened(tmp_path, clock)
    log.feed(b"old\n")
    await clock.advance(10)
    log.feed(b"new\n")
    log.close()
    assert await text(log, since=START + 5) == "new\n"
    assert await text(log, limit_bytes=5) == "old\nn"


async def test_a_full_file_is_put_aside_once_and_both_parts_are_read(tmp_path: Path, clock: FakeClock) -> None:
    log = opened(tmp_path, clock, most_bytes=400)
    for number in range(30):
        log.feed(f"line {number}\n".encode())
    log.close()
    sizes = sizes_in(tmp_path)
    assert len(sizes) == 2
    assert max(sizes) <= 400
    lines = (await text(log)).splitlines()
    assert lines[-1] == "line 29"
    assert lines == [f"line {number}" for number in range(30 - len(lines), 30)]


async def test_following_goes_on_until_the_container_ends(tmp_path: Path, clock: FakeClock) -> None:
    log = opened(tmp_path, clock, most_bytes=300)
    log.feed(b"before\n")
    seen: list[bytes] = []

    async def follow() -> None:
        async for piece in read(log.path, LogOptions(follow=True), log):
            seen.append(piece)

    task = asyncio.create_task(follow())
    await clock.advance(0)
    # More than a file holds: the reader goes on in the next one.
    for number in range(12):
        log.feed(f"line {number}\n".encode())
        await clock.advance(0)
    log.close()
    async with asyncio.timeout(10):
        await task
    assert b"".join(seen).decode().splitlines() == ["before", *(f"line {number}" for number in range(12))]


async def test_a_line_without_end_is_cut(tmp_path: Path, clock: FakeClock) -> None:
    log = opened(tmp_path, clock)
    log.feed(b"x" * 40_000)
    log.close()
    assert (await text(log)).replace("\n", "") == "x" * 40_000


async def test_a_disk_that_refuses_loses_lines_and_says_why(tmp_path: Path, clock: FakeClock) -> None:
    log = opened(tmp_path, clock)

    class Full:
        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    assert log._file is not None
    log._file.close()
    log._file = Full()  # type: ignore[assignment]
    log.feed(b"lost\n")
    assert "No space left" in log.problem
    log.close()


# What `kubectl logs` asks


async def logs(node: Node, container: str = "", **options: object) -> str:
    pieces = [piece async for piece in node.kubelet.logs("default", "web", container, **options)]  # type: ignore[arg-type]
    return b"".join(pieces).decode()


async def test_the_current_and_the_previous_run(node: Node) -> None:
    await node.create(pod())
    node.runtime.last.log.feed(b"first run\n")
    node.runtime.last.exit(1)
    await node.clock.advance(2)
    node.runtime.last.log.feed(b"second run\n")
    assert await logs(node) == "second run\n"
    assert await logs(node, previous=True) == "first run\n"
    node.runtime.last.exit(1)
    await node.clock.advance(2)
    # It waits for its restart: what ended last is the current one still, as kubectl shows it.
    assert node.container()["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert await logs(node) == "second run\n"


async def test_only_two_runs_are_kept(node: Node) -> None:
    await node.create(pod())
    for _ in range(5):
        node.runtime.last.exit(1)
        await node.clock.advance(400)
    files = sorted(path.name for path in node.folder.rglob("*.log"))
    assert len(files) == 2


@pytest.mark.parametrize(
    ("made", "asked", "options", "text"),
    [
        (pod(image="homics/gateway:9"), "", {}, 'container "gateway" in pod "web" is waiting to start: {reason}'),
        (pod(), "", {"previous": True}, 'previous terminated container "gateway" in pod "web" not found'),
        (pod(), "nosuch", {}, "container nosuch is not valid for pod web"),
    ],
)
async def test_what_is_answered_where_there_is_no_log(
    node: Node, made: dict[str, object], asked: str, options: dict[str, object], text: str
) -> None:
    await node.create(made)
    await node.clock.advance(5)
    with pytest.raises(KubeletError) as problem:
        await logs(node, asked, **options)
    assert problem.value.message == text.format(reason="trying and failing to pull image")
    assert problem.value.code == 400


async def test_of_several_containers_one_has_to_be_named(node: Node) -> None:
    made = pod()
    made["spec"]["containers"].append({"name": "b", "image": "homics/stats:1.0.0"})
    made["spec"]["initContainers"] = [{"name": "i", "image": "homics/stock:1.0.0"}]
    await node.create(made)
    with pytest.raises(KubeletError, match=r"must be specified for pod web, choose one of: \[gateway b\] or one of"):
        await logs(node)


async def test_since_a_time_and_logs_of_a_pod_that_is_not_there(node: Node) -> None:
    await node.create(pod())
    node.runtime.last.log.feed(b"old\n")
    await node.clock.advance(10)
    node.runtime.last.log.feed(b"new\n")
    assert await logs(node, since_seconds=5) == "new\n"
    assert await logs(node, since_time=format_unix(START + 5)) == "new\n"
    with pytest.raises(ValueError, match="yesterday"):
        await logs(node, since_time="yesterday")
    node.store.delete("Pod", "default", "web", grace=0)
    await node.clock.advance(1)
    with pytest.raises(KubeletError, match='pods "web" not found'):
        await logs(node)
    assert list((node.folder / "logs").iterdir()) == []
