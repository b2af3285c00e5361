"""Kafka: topics of messages on 9092, kept while the container lives. Says so when zookeeper is away, and goes on."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from tutor.practice.standins import json_lines
from tutor.practice.standins.application import Application

PORT = 9092
_MOST_MESSAGES = 5000
_ZOOKEEPER_RETRY_SECONDS = 10.0


class Topics:
    """Messages by topic with a running offset; consumers wait for the next one."""

    def __init__(self) -> None:
        self._messages: dict[str, list[Any]] = {}
        self._dropped: dict[str, int] = {}
        self._changed = asyncio.Condition()

    async def produce(self, topic: str, message: Any) -> int:
        """The message's offset."""
        async with self._changed:
            messages = self._messages.setdefault(topic, [])
            messages.append(message)
            excess = len(messages) - _MOST_MESSAGES
            if excess > 0:
                del messages[:excess]
                self._dropped[topic] = self._dropped.get(topic, 0) + excess
            self._changed.notify_all()
            return self._dropped.get(topic, 0) + len(messages) - 1

    async def next(self, topic: str, offset: int) -> tuple[int, Any]:
        """The first message at or after `offset`, with its own offset."""
        async with self._changed:
            while True:
                dropped = self._dropped.get(topic, 0)
                index = max(0, offset - dropped)
                messages = self._messages.get(topic, [])
                if index < len(messages):
                    return dropped + index, messages[index]
                await self._changed.wait()


async def run(application: Application) -> None:
    topics = Topics()
    await application.slow_start(3.0)

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (question := await json_lines.read(reader)) is not None:
                match question:
                    case {"produce": str(topic), "message": message}:
                        json_lines.write(writer, {"offset": await topics.produce(topic, message)})
                        await writer.drain()
                    case {"consume": str(topic), "offset": int(offset)}:
                        await _send(topics, topic, offset, reader, writer)
                        return
                    case _:
                        json_lines.write(writer, {"error": "unknown request"})
        except ConnectionError:
            # A client that left.
            return
        finally:
            writer.close()

    server = await application.listen(PORT, on_client)
    _log("INFO", "[KafkaServer id=1001] started (kafka.server.KafkaServer)")
    async with server:
        await asyncio.gather(server.serve_forever(), _watch_zookeeper(application))


async def _send(
    topics: Topics, topic: str, offset: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Messages from `offset` on, until the consumer leaves (its side then ends)."""
    gone = asyncio.create_task(reader.read(1))
    try:
        while True:
            following = asyncio.create_task(topics.next(topic, offset))
            await asyncio.wait({gone, following}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                following.cancel()
                return
            found, message = following.result()
            json_lines.write(writer, {"offset": found, "message": message})
            await writer.drain()
            offset = found + 1
    finally:
        gone.cancel()


async def _watch_zookeeper(application: Application) -> None:
    address = application.configuration.env.get("KAFKA_ZOOKEEPER_CONNECT", "zookeeper:2181").split(",")[0].split("/")[0]
    host, _, port = address.partition(":")
    connected = False
    while True:
        try:
            reader, writer = await application.outgoing.connect(host, int(port or "2181"))
        except (OSError, TimeoutError, ValueError) as error:
            _log("WARN", f"[ZooKeeperClient] Session 0x0 for server {address}, unexpected error: {error}")
            connected = False
            await asyncio.sleep(_ZOOKEEPER_RETRY_SECONDS)
            continue
        if not connected:
            _log("INFO", "[ZooKeeperClient] Connected. (kafka.zookeeper.ZooKeeperClient)")
            connected = True
        await reader.read(-1)
        writer.close()
        connected = False
        await asyncio.sleep(1.0)


def _log(level: str, text: str) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
    print(f"[{now}] {level} {text}", flush=True)
