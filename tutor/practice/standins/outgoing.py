"""Connections out of the pod: every one asks the daemon's forward proxy, which knows the cluster's names.

The errors are those of a real pod: an unknown name cannot be resolved, a Service without a ready pod refuses.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.practice.standins.configuration import Configuration

_MOST_HEAD = 65536


class NameNotResolved(OSError):
    """No Service of that name: the application's UnknownHostException."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The pod's way out. Raises from each call: `NameNotResolved`, ConnectionRefusedError, TimeoutError, OSError."""

    configuration: Configuration = field(default_factory=Configuration)
    connect_timeout: float = 2.0
    """Seconds, as the applications' own short timeouts."""
    read_timeout: float = 5.0

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to `host:port` as a pod of this namespace names it."""
        if not self.configuration.proxy_port:
            raise NameNotResolved(f"lookup {host}: no such host")
        async with asyncio.timeout(self.connect_timeout):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.configuration.proxy_port)
            try:
                writer.write(
                    f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"
                    f"Proxy-Authorization: Bearer {self.configuration.proxy_token}\r\n\r\n".encode()
                )
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            except asyncio.IncompleteReadError as end:
                writer.close()
                raise ConnectionResetError(f"connect {host}:{port}: connection reset by peer") from end
        status = head.split(" ", 2)[1]
        if status == "200":
            return reader, writer
        writer.close()
        if status == "404":
            raise NameNotResolved(f"lookup {host}: no such host")
        if status == "504":
            raise TimeoutError(f"connect {host}:{port}: timed out")
        raise ConnectionRefusedError(f"connect {host}:{port}: connection refused")

    async def lookup(self, host: str) -> tuple[str, list[str]]:
        """(full name, addresses) as the cluster's DNS answers. Raises: `NameNotResolved`, OSError."""
        if not self.configuration.proxy_port:
            raise NameNotResolved(f"lookup {host}: no such host")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.configuration.proxy_port)
        try:
            token = self.configuration.proxy_token
            writer.write(f"RESOLVE {host} HTTP/1.1\r\nProxy-Authorization: Bearer {token}\r\n\r\n".encode())
            answer = await read_answer(reader)
        finally:
            writer.close()
        if answer.status != 200:
            raise NameNotResolved(f"lookup {host}: no such host")
        document = answer.json()
        return str(document["name"]), [str(address) for address in document["addresses"]]

    async def request(
        self,
        method: str,
        host: str,
        port: int,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """One request on a connection of its own, so each one meets the Service's choice of pod anew."""
        reader, writer = await self.connect(host, port)
        try:
            async with asyncio.timeout(self.read_timeout):
                lines = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", "Connection: close"]
                lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
                if body or method in ("POST", "PUT", "PATCH"):
                    lines.append(f"Content-Length: {len(body)}")
                writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
                await writer.drain()
                return await read_answer(reader)
        finally:
            writer.close()


async def read_answer(reader: asyncio.StreamReader, *, head_only: bool = False) -> Answer:
    """The answer on a connection that carries one. Raises: ConnectionResetError where it ends too soon, ValueError."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status_line, *header_lines = head.split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, separator, value in (line.partition(":") for line in header_lines)
            if separator
        }
        if head_only:
            body = b""
        elif "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        else:
            body = await reader.read(-1)
        return Answer(int(status_line.split(" ", 2)[1]), headers, body)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as end:
        raise ConnectionResetError("the other side closed the connection before it answered") from end
