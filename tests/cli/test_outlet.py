"""Lines for a reader that pauses, goes away, or never was there."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator

import pytest

from tutor.cli import outlet
from tutor.cli.outlet import Outlet


class Stream:
    """A standard output on a pipe of the test's own; without a descriptor it refuses what is written."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        if self._descriptor is None:
            raise OSError("there is none")
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        raise BrokenPipeError(text)

    def flush(self) -> None: ...


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ours, theirs = os.pipe()
    yield ours, theirs
    for descriptor in (ours, theirs):
        try:
            os.close(descriptor)
        except OSError:
            continue


@pytest.mark.skipif(sys.platform == "win32", reason="there it is said at once")
async def test_what_is_said_is_read_in_order(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pipe
    monkeypatch.setattr(sys, "stdout", Stream(theirs))
    out = Outlet(lambda: pytest.fail("somebody reads"))
    for number in range(3):
        out.say(f"line {number} …")
    out.close()
    os.close(theirs)
    assert os.read(ours, 1_000).decode() == "line 0 …\nline 1 …\nline 2 …\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there it is said at once")
async def test_what_stands_before_a_line_keeps_its_spaces_where_the_line_is_broken(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Stream(pipe[1]))
    monkeypatch.setattr(outlet, "terminal_width", lambda _: 20)
    out = Outlet(lambda: None)
    out.say("pod user-x 1/1", "14:02:11.3  ", " " * 12)
    out.close()
    assert os.read(pipe[0], 1_000).decode() == "14:02:11.3  pod\n            user-x\n            1/1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there it is said at once")
async def test_more_than_may_wait_is_left_out_and_counted(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlet, "MOST_WAITING", 5)
    monkeypatch.setattr(outlet, "GRACE", 0.0)
    monkeypatch.setattr(sys, "stdout", Stream(pipe[1]))
    out = Outlet(lambda: None)
    out.say("x" * 1_000_000)  # more than any pipe takes
    assert os.read(pipe[0], 1), "it is being written"
    for number in range(20):
        out.say(f"line {number}")
    out.close()
    data = b""
    while not data.endswith(b"line 19\n"):
        data += os.read(pipe[0], 65_536)
    assert data.decode().splitlines()[1:] == [
        "(15 lines are left out: nobody read them.)",
        *(f"line {number}" for number in range(15, 20)),
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="there it is said at once")
async def test_a_reader_that_goes_away_is_told_of_once_in_the_loop(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Stream(pipe[1]))
    gone = asyncio.Event()
    out = Outlet(gone.set)
    os.close(pipe[0])
    out.say("to nobody")
    await asyncio.wait_for(gone.wait(), 20)
    out.say("to nobody any more")
    out.close()


async def test_without_a_descriptor_it_is_said_at_once_and_refusals_are_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone: list[bool] = []
    monkeypatch.setattr(sys, "stdout", Stream(None))
    out = Outlet(lambda: gone.append(True))
    out.say("to nobody")
    out.say("to nobody any more")
    out.close()
    sys.stdout.close()
    assert gone == [True]
