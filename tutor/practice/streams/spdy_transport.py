"""What SPDY runs over: the raw connection after `Upgrade: SPDY/3.1`, or a websocket's binary messages."""

from __future__ import annotations

import asyncio

from aiohttp import WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

_HIGH_WATER = 1 << 20


class WebSocketTransport:
    def __init__(self, websocket: web.WebSocketResponse) -> None:
        self._websocket = websocket

    async def receive(self) -> bytes:
        while True:
            message = await self._websocket.receive()
            if message.type is WSMsgType.BINARY:
                if message.data:
                    return bytes(message.data)
            elif message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return b""

    async def send(self, data: bytes) -> None:
        await self._websocket.send_bytes(data)


class RawTransport(asyncio.Protocol):
    """Takes a connection over from aiohttp after the 101."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._incoming = bytearray()
        self._arrived = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._ended = False

    @classmethod
    def take_over(cls, request: web.Request, protocol: str) -> RawTransport:
        """Answer 101 and read from then on. Raises: ConnectionResetError where the client has left."""
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            raise ConnectionResetError("the client has left")
        lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: SPDY/3.1"]
        if protocol:
            lines.append(f"X-Stream-Protocol-Version: {protocol}")
        raw = cls()
        raw._transport = transport
        transport.set_protocol(raw)
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return raw

    def data_received(self, data: bytes) -> None:
        self._incoming += data
        if len(self._incoming) > _HIGH_WATER and self._transport is not None:
            self._transport.pause_reading()
        self._arrived.set()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        self._ended = True
        self._arrived.set()
        self._may_write.set()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    async def receive(self) -> bytes:
        while not self._incoming and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        data = bytes(self._incoming)
        self._incoming.clear()
        if self._transport is not None and not self._ended:
            self._transport.resume_reading()
        return data

    async def send(self, data: bytes) -> None:
        await self._may_write.wait()
        if self._ended or self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the client has left")
        self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class HijackedResponse(web.StreamResponse):
    """Tells aiohttp that the connection was answered and is no longer its own."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        return
