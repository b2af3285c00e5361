"""The pods' way out: an HTTP CONNECT proxy on 127.0.0.1 that knows the cluster's names, and nothing beyond it.

A pod proves who it is with its own token, so the names are resolved in its namespace. Answers: 200 and the
connection; 404 unknown name; 502 connection refused; 407 unknown token; 400 not a CONNECT. `RESOLVE name` is the pod's
DNS: 200 with {"name", "addresses"}, or 404.
"""

from __future__ import annotations

import asyncio
import json
import secrets

from tutor.practice.proxy.errors import UnknownHost
from tutor.practice.proxy.network import STREAM_LIMIT, PodNetwork, Streams
from tutor.practice.proxy.splice import splice

_HEAD_SECONDS = 10.0


class ForwardProxy:
    """One for all pods."""

    def __init__(self, network: PodNetwork) -> None:
        self._network = network
        self._namespaces: dict[str, tuple[str, str]] = {}
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0
        """On 127.0.0.1, once started."""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=STREAM_LIMIT)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def admit(self, namespace: str, address: str) -> str:
        """A new token for a pod of `namespace` whose own address is `address`."""
        token = secrets.token_urlsafe(24)
        self._namespaces[token] = (namespace, address)
        return token

    def dismiss(self, token: str) -> None:
        self._namespaces.pop(token, None)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
            # A pod that ended, or sent no request: there is nobody to answer.
            return
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, *lines = head.split("\r\n")
        words = request_line.split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        host, separator, port = words[1].rpartition(":") if len(words) == 3 else ("", "", "")
        resolve = words[0] == "RESOLVE" and len(words) == 3
        if not resolve and (words[0] != "CONNECT" or not separator or not port.isdigit()):
            writer.write(_answer("400 Bad Request"))
            return
        pod = self._namespaces.get(headers.get("proxy-authorization", "").removeprefix("Bearer "))
        if pod is None:
            writer.write(_answer("407 Proxy Authentication Required"))
            return
        if resolve:
            writer.write(self._resolve(pod[0], words[1]))
            return
        try:
            target = await self._connect(pod, host, int(port))
        except UnknownHost:
            writer.write(_answer("404 Not Found"))
        except OSError:
            writer.write(_answer("502 Bad Gateway"))
        else:
            writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
            await splice((reader, writer), target)

    def _resolve(self, namespace: str, host: str) -> bytes:
        try:
            addresses = self._network.lookup(namespace, host)
        except UnknownHost:
            return _answer("404 Not Found")
        document = {"name": self._network.full_name(namespace, host), "addresses": addresses}
        body = json.dumps(document).encode()
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body

    async def _connect(self, pod: tuple[str, str], host: str, port: int) -> Streams:
        namespace, address = pod
        if host in ("localhost", "127.0.0.1"):
            return await self._network.connect(address, port)
        return await self._network.connect_host(namespace, host, port)


def _answer(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
