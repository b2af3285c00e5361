"""One browser: plain HTTP requests with cookies, each ended within a time limit, failures as values.

It uses httpx's transport, cookies and messages without httpx's client: a call each second, for hours, is what the tutor
costs while nothing happens, and what a client does besides (merged defaults, logins, redirects, hooks) is not needed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx

from tutor.cluster.replies import Reply, from_failure, from_response
from tutor.kube.times import Clock

CONNECT_TIME, ANSWER_TIME, WHOLE_TIME = 1.0, 2.0, 4.0
"""Seconds for the connection, for each part of the answer, and for all of it. A browser waits longer, but then its
learner has long seen that something is wrong."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HEADERS = {"Accept": "*/*", "User-Agent": "homics-tutor"}
EXTENSIONS = {"timeout": httpx.Timeout(ANSWER_TIME, connect=CONNECT_TIME).as_dict()}


@dataclass(slots=True)
class Browser:
    """`transport` replaces the network in tests."""

    clock: Clock
    transport: httpx.AsyncBaseTransport | None = None
    _network: httpx.AsyncHTTPTransport | None = None
    _cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    _to_send: dict[str, str] = field(default_factory=dict)
    """URL → its Cookie header, while the cookies stay as they are."""

    async def send(self, base: str, method: str, path: str, body: bytes = b"") -> Reply:
        """One request; a redirect is an answer. Raises nothing."""
        began = self.clock.now()
        url = base + path
        try:
            async with asyncio.timeout(WHOLE_TIME):
                response = await self._answer(method, url, body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return from_failure(error, url, began, self.clock.now() - began)
        return from_response(response, url, began, self.clock.now() - began)

    async def _answer(self, method: str, url: str, body: bytes) -> httpx.Response:
        headers = {**HEADERS, **FORM} if body else HEADERS
        request = httpx.Request(method, url, headers=headers, content=body or None, extensions=EXTENSIONS)
        self._add_cookies(request, url)
        response = await self._way_out().handle_async_request(request)
        response.request = request
        try:
            await response.aread()
        except BaseException:
            await response.aclose()
            raise
        if "set-cookie" in response.headers:
            self._cookies.extract_cookies(response)
            self._to_send.clear()
        return response

    def _add_cookies(self, request: httpx.Request, url: str) -> None:
        if url not in self._to_send:
            self._cookies.set_cookie_header(request)
            self._to_send[url] = request.headers.get("Cookie", "")
        elif self._to_send[url]:
            request.headers["Cookie"] = self._to_send[url]

    def _way_out(self) -> httpx.AsyncBaseTransport:
        if self.transport is not None:
            return self.transport
        if self._network is None:
            # A proxy of the learner's environment cannot reach a node of this machine.
            self._network = httpx.AsyncHTTPTransport(trust_env=False)
        return self._network

    def forget(self) -> None:
        """Drop the cookies."""
        self._cookies.clear()
        self._to_send.clear()

    async def close(self) -> None:
        network, self._network = self._network, None
        if network is not None:
            await network.aclose()
