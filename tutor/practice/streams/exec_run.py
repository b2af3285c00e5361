"""Run an exec session on a client's channels, whatever carries them; its end as a metav1.Status."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tutor.practice.standins.commands.world import Io
from tutor.practice.streams.terminal import Terminal

MOST_WAITING = 64 << 20
"""Bytes of output that may wait for a client that reads slowly. A command may write that much in one go."""
Send = Callable[[bytes], Awaitable[None]]


class Session(Protocol):
    """What runs: a command, or a container that is attached to."""

    async def run(self, io: Io) -> int:
        """The exit code. Its task is cancelled to end it."""
        ...


@dataclass(frozen=True, slots=True)
class Channels:
    """`read` gives standard input, b"" at its end; without `stderr` (a terminal has one stream) it goes to `stdout`."""

    read: Callable[[], Awaitable[bytes]]
    stdout: Send | None
    stderr: Send | None
    tty: bool = False


def success() -> dict[str, Any]:
    return {"metadata": {}, "status": "Success"}


def exited(code: int) -> dict[str, Any]:
    if code == 0:
        return success()
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def not_started(text: str, container_run: str, *, through_websocket: bool) -> dict[str, Any]:
    """The command is none of the container's: text of kubelet and containerd.

    A websocket ends in the API server, which speaks SPDY on to the kubelet and puts its own words before its words.
    """
    message = (
        "error executing command in container: failed to exec in container: "
        f'failed to start exec "{container_run}": {text}'
    )
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"{'Internal error occurred: ' * (1 + through_websocket)}{message}",
        "reason": "InternalError",
        "details": {"causes": [{"message": message}]},
        "code": 500,
    }


def encode(status: dict[str, Any]) -> bytes:
    return json.dumps(status).encode()


async def run(session: Session, channels: Channels) -> dict[str, Any]:
    """The status that ends the exec. Ends early where the client leaves (its channels then raise ConnectionError)."""
    outgoing: asyncio.Queue[tuple[Send, bytes] | None] = asyncio.Queue()
    waiting = 0
    too_slow = asyncio.Event()

    def put(send: Send | None, data: bytes) -> None:
        nonlocal waiting
        if send is None or not data or too_slow.is_set():
            return
        outgoing.put_nowait((send, data))
        waiting += len(data)
        if waiting > MOST_WAITING:
            # The client takes nothing, and what runs cannot be made to wait: it is ended.
            too_slow.set()

    terminal = Terminal(channels.read, lambda data: put(channels.stdout, data)) if channels.tty else None

    def out(data: bytes) -> None:
        put(channels.stdout, terminal.shown(data) if terminal else data)

    def err(data: bytes) -> None:
        put(channels.stdout if terminal else channels.stderr, terminal.shown(data) if terminal else data)

    async def pump() -> None:
        nonlocal waiting
        while (item := await outgoing.get()) is not None:
            send, data = item
            await send(data)
            waiting -= len(data)

    command = asyncio.ensure_future(session.run(Io(out, err, terminal.read if terminal else channels.read)))
    pumping = asyncio.ensure_future(pump())
    interrupt = asyncio.ensure_future(terminal.interrupted.wait() if terminal else asyncio.Event().wait())
    overflow = asyncio.ensure_future(too_slow.wait())
    try:
        await asyncio.wait({command, pumping, interrupt, overflow}, return_when=asyncio.FIRST_COMPLETED)
        if overflow.done():
            raise ConnectionResetError("the client takes nothing")
        if interrupt.done() and not command.done():
            return exited(130)
        if pumping.done():
            # Only an error ends it so early: the client has left.
            await pumping
        code = await command
        outgoing.put_nowait(None)
        await pumping
        return exited(code)
    finally:
        for task in (command, pumping, interrupt, overflow):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await task
