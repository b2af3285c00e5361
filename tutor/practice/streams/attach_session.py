"""attach: what the container writes from now on. Its standard input is closed, so what is typed goes nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from tutor.practice.standins.commands.world import Io


@dataclass(frozen=True, slots=True)
class AttachSession:
    output: AsyncIterator[bytes]
    """The container's log as it is written; ends with the container."""

    async def run(self, io: Io) -> int:
        async for piece in self.output:
            io.out(piece)
        return 0
