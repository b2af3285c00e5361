"""A watch as a test reads it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

PATIENCE = 5.0
"""Seconds that a line may take: far more than it needs, so that a lost one fails the test instead of hanging it."""


class Stream:
    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def next(self) -> dict[str, Any]:
        """The next event. Raises: `StopAsyncIteration` at the end of the stream."""
        line = await asyncio.wait_for(self.response.content.readline(), PATIENCE)
        if not line:
            raise StopAsyncIteration
        event: dict[str, Any] = json.loads(line)
        return event

    async def take(self, count: int) -> list[dict[str, Any]]:
        return [await self.next() for _ in range(count)]

    async def ended(self) -> bool:
        return not await asyncio.wait_for(self.response.content.read(), PATIENCE)


async def watch(client: TestClient, path: str, accept: str = "application/json", **query: str) -> Stream:
    response = await client.get(path, params={"watch": "true", **query}, headers={"Accept": accept})
    assert response.status == 200
    return Stream(response)


def told(event: dict[str, Any]) -> tuple[str, str, str]:
    """(type, name, version)."""
    metadata = event["object"]["metadata"]
    return event["type"], metadata.get("name", ""), metadata["resourceVersion"]
