"""Sending to and listening on kafka's topics: best effort, as the applications do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tutor.practice.standins import json_lines, spring_log
from tutor.practice.standins.outgoing import Outgoing

HOST = "kafka"
PORT = 9092
_RETRY_SECONDS = 5.0
_LOGGER = "o.apache.kafka.clients.NetworkClient"


async def send(outgoing: Outgoing, topic: str, message: Any) -> bool:
    """True where kafka took the message; else the reason is in the log."""
    try:
        await json_lines.ask(outgoing, HOST, PORT, {"produce": topic, "message": message})
    except (OSError, TimeoutError) as error:
        spring_log.warn(_LOGGER, f"[Producer clientId=producer-1] {topic} was not sent: {error or 'timed out'}")
        return False
    return True


async def listen(outgoing: Outgoing, topic: str, take: Callable[[Any], Awaitable[None]]) -> None:
    """Hand every message of `topic` to `take`, for ever; connects again when kafka is away."""
    offset = 0
    silent = False
    while True:
        try:
            reader, writer = await outgoing.connect(HOST, PORT)
        except (OSError, TimeoutError) as error:
            if not silent:
                spring_log.warn(
                    _LOGGER,
                    f"[Consumer clientId=consumer-1, groupId={topic}] Connection to {HOST}:{PORT} failed: "
                    f"{error or 'timed out'}. Trying again every {_RETRY_SECONDS:.0f} s.",
                    thread="consumer-0-C-1",
                )
                silent = True
            await asyncio.sleep(_RETRY_SECONDS)
            continue
        silent = False
        spring_log.info(
            _LOGGER,
            f"[Consumer clientId=consumer-1, groupId={topic}] Discovered group coordinator {HOST}:{PORT}",
            thread="consumer-0-C-1",
        )
        try:
            json_lines.write(writer, {"consume": topic, "offset": offset})
            while (entry := await json_lines.read(reader)) is not None:
                offset = int(entry["offset"]) + 1
                await take(entry["message"])
        except ConnectionError:
            # Kafka went away: the loop connects again, and from the start, since its messages went with it.
            spring_log.warn(_LOGGER, f"Disconnected from {HOST}:{PORT}", thread="consumer-0-C-1")
        finally:
            writer.close()
        offset = 0
        await asyncio.sleep(1.0)
