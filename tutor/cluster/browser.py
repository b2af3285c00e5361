"""One browser: plain HTTP requests with cookies, each ended within a time limit, failures as values."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

from tutor.cluster.replies import Reply, from_failure, from_response
from tutor.kube.times import Clock

CONNECT_TIME, ANSWER_TIME, WHOLE_TIME = 1.0, 2.0, 4.0
"""Seconds for the connection, for each part of the answer, and for all of it. A browser waits longer, but then its
learner has long seen that something is wrong."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class Browser:
    """`transport` replaces the network in tests."""

    clock: Clock
    transport: httpx.AsyncBaseTransport | None = None
    _client: httpx.AsyncClient | None = None

    async def send(self, base: str, method: str, path: str, body: bytes = b"") -> Reply:
        """One request; a redirect is an answer. Raises nothing."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=self.transport,
                timeout=httpx.Timeout(ANSWER_TIME, connect=CONNECT_TIME),
                follow_redirects=False,
                # A proxy of the learner's environment cannot reach a node of this machine.
                trust_env=False,
            )
        began = self.clock.now()
        url = base + path
        try:
            async with asyncio.timeout(WHOLE_TIME):
                response = await self._client.request(method, url, content=body or None, headers=FORM if body else {})
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return from_failure(error, url, began, self.clock.now() - began)
        return from_response(response, url, began, self.clock.now() - began)

    def forget(self) -> None:
        """Drop the cookies."""
        if self._client is not None:
            self._client.cookies.clear()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None
