"""One JSON value a line over TCP: what the database and kafka stand-ins speak with their clients."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tutor.practice.standins.outgoing import Outgoing


async def read(reader: asyncio.StreamReader) -> Any | None:
    """The next value; None at the end, and for a line that is none (a client that speaks another protocol)."""
    try:
        line = await reader.readline()
    except (ConnectionError, ValueError):
        # ValueError: a line beyond the reader's limit.
        return None
    if not line:
        return None
    try:
        return json.loads(line)
    except ValueError:
        return None


def write(writer: asyncio.StreamWriter, value: Any) -> None:
    writer.write(json.dumps(value).encode() + b"\n")


async def ask(outgoing: Outgoing, host: str, port: int, question: Any) -> Any:
    """One question, one answer. Raises: as `Outgoing.connect`; ConnectionResetError where no answer comes."""
    reader, writer = await outgoing.connect(host, port)
    try:
        write(writer, question)
        await writer.drain()
        async with asyncio.timeout(outgoing.read_timeout):
            answer = await read(reader)
    finally:
        writer.close()
    if answer is None:
        raise ConnectionResetError(f"{host}:{port} closed the connection")
    return answer
