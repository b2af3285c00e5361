"""Pass bytes both ways between two connections until both directions have ended."""

from __future__ import annotations

import asyncio

_CHUNK = 1 << 16


async def splice(
    first: tuple[asyncio.StreamReader, asyncio.StreamWriter], second: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """Closes both. An end of one side's sending is passed on as such (half-close)."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_pass(first[0], second[1]))
            group.create_task(_pass(second[0], first[1]))
    except* OSError:
        # One side broke off: the other must see that, not a clean end.
        for _reader, writer in (first, second):
            writer.transport.abort()
    finally:
        for _reader, writer in (first, second):
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
