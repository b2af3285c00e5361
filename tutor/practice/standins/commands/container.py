"""A container whose command is one of the built-in ones: its process runs this."""

from __future__ import annotations

import asyncio
import signal
import sys

from tutor.practice.standins.commands import table
from tutor.practice.standins.commands.world import Connection, Io, UnknownName, World, no_input
from tutor.practice.standins.configuration import Configuration
from tutor.practice.standins.outgoing import NameNotResolved, Outgoing


class ThroughProxy:
    """The pod's network, from inside the pod's process."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    async def connect(self, host: str, port: int) -> Connection:
        try:
            return await self._outgoing.connect(host, port)
        except NameNotResolved as error:
            raise UnknownName(str(error)) from error

    async def lookup(self, host: str) -> tuple[str, list[str]]:
        try:
            return await self._outgoing.lookup(host)
        except NameNotResolved as error:
            raise UnknownName(str(error)) from error


async def run_command(configuration: Configuration) -> int:
    """The exit code. SIGTERM is ignored, as a shell does that is process 1 of its container: it takes SIGKILL."""
    if sys.platform != "win32":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def out(data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()

    world = World(
        network=ThroughProxy(Outgoing(configuration)),
        env=dict(configuration.env),
        files=dict(configuration.files),
        hostname=configuration.hostname,
        directory=configuration.working_dir,
        processes=((1, " ".join(configuration.command)),),
    )
    task = asyncio.ensure_future(table.run(configuration.command, world, Io(out, out, no_input)))
    return await task
