from __future__ import annotations

import asyncio

import pytest

from tutor.practice.standins.commands.world import Io, no_input
from tutor.practice.streams import exec_run
from tutor.practice.streams.exec_run import Channels


class Writes:
    """A command that writes pieces without a pause, and then ends."""

    def __init__(self, *pieces: bytes, code: int = 0) -> None:
        self.pieces = pieces
        self.code = code
        self.cancelled = False

    async def run(self, io: Io) -> int:
        for piece in self.pieces:
            io.out(piece)
            io.err(piece.upper())
        return self.code


class Waits:
    def __init__(self) -> None:
        self.cancelled = False

    async def run(self, io: Io) -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return 0


class Collected:
    def __init__(self) -> None:
        self.data = b""

    async def __call__(self, data: bytes) -> None:
        self.data += data


async def test_output_and_errors_go_to_their_channels_and_the_code_into_the_status() -> None:
    out, err = Collected(), Collected()
    status = await exec_run.run(Writes(b"a", b"b", code=2), Channels(no_input, out, err))
    assert (out.data, err.data) == (b"ab", b"AB")
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "2"}]


async def test_a_terminal_has_one_stream_with_its_own_line_ends() -> None:
    out, err = Collected(), Collected()
    assert (await exec_run.run(Writes(b"a\n"), Channels(no_input, out, err, tty=True)))["status"] == "Success"
    assert (out.data, err.data) == (b"a\r\nA\r\n", b"")


async def test_ctrl_c_ends_the_command() -> None:
    command = Waits()
    typed = [b"\x03"]

    async def read() -> bytes:
        return typed.pop() if typed else await asyncio.Event().wait() or b""

    class Reads(Waits):
        async def run(self, io: Io) -> int:
            await io.read()
            return await command.run(io)

    status = await exec_run.run(Reads(), Channels(read, Collected(), None, tty=True))
    assert status["details"]["causes"][0]["message"] == "130"


async def test_a_client_that_left_ends_the_command() -> None:
    async def gone(_: bytes) -> None:
        raise ConnectionResetError

    class WritesAndWaits(Waits):
        async def run(self, io: Io) -> int:
            io.out(b"x")
            return await super().run(io)

    command = WritesAndWaits()
    with pytest.raises(ConnectionResetError):
        await exec_run.run(command, Channels(no_input, gone, None))
    assert command.cancelled


async def test_a_client_that_takes_nothing_costs_a_bounded_amount(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_run, "MOST_WAITING", 1000)

    async def stuck(_: bytes) -> None:
        await asyncio.Event().wait()

    class Floods(Waits):
        async def run(self, io: Io) -> int:
            while True:
                io.out(b"x" * 100)
                await asyncio.sleep(0)

    with pytest.raises(ConnectionResetError, match="takes nothing"):
        await exec_run.run(Floods(), Channels(no_input, stuck, None))
