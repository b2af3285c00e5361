"""One SPDY connection on the server's side: streams that the client opens, read and written as such.

Flow control: WINDOW_UPDATE is sent for what was read. The peer's window binds once the peer has shown that it keeps
one, by a WINDOW_UPDATE or SETTINGS frame; the library that kubectl uses never sends either and would wait for ever.
Until then the connection's own back-pressure bounds what is in flight.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from tutor.practice.streams import spdy_frames as spdy
from tutor.practice.streams.spdy_frames import Control, Data, Framer, SpdyError

_CHUNK = 32 << 10
_UPDATE_AFTER = spdy.INITIAL_WINDOW // 2
_STREAM_CLOSED = 3
_MOST_STREAMS = 1000


class Transport(Protocol):
    """The bytes below: a raw connection or a websocket."""

    async def receive(self) -> bytes:
        """b"" at the end."""
        ...

    async def send(self, data: bytes) -> None:
        """Waits while the peer takes nothing. Raises: ConnectionError."""
        ...


class SpdyStream:
    """A stream that the client opened. Read until b""; write; close one's own half, or reset both."""

    def __init__(self, session: SpdySession, number: int, headers: Mapping[str, str]) -> None:
        self._session = session
        self.number = number
        self.headers = headers
        self._incoming: list[bytes] = []
        self._ended = False
        self._arrived = asyncio.Event()
        self._unacknowledged = 0
        self.window = session.initial_window
        self.window_changed = asyncio.Event()
        self.closed = False

    def take(self, data: bytes, fin: bool) -> None:
        if data:
            self._incoming.append(data)
        self._ended = self._ended or fin
        self._arrived.set()

    async def read(self) -> bytes:
        """The next piece; b"" when the client has closed its half."""
        while not self._incoming and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._incoming:
            return b""
        data = self._incoming.pop(0)
        self._unacknowledged += len(data)
        if self._unacknowledged >= _UPDATE_AFTER and not self._ended:
            count, self._unacknowledged = self._unacknowledged, 0
            await self._session.send(Control(spdy.WINDOW_UPDATE, self.number, value=count))
        return data

    async def write(self, data: bytes) -> None:
        """Raises: ConnectionError where the stream or the connection is closed."""
        view = memoryview(data)
        while view and not self.closed:
            size = min(len(view), _CHUNK)
            if self._session.keeps_windows:
                while self.window <= 0 and not self.closed:
                    self.window_changed.clear()
                    await self.window_changed.wait()
                size = min(size, self.window)
            self.window -= size
            await self._session.send(Data(self.number, bytes(view[:size])))
            view = view[size:]
        if self.closed and view:
            raise ConnectionResetError("the stream was reset")

    async def close(self) -> None:
        """Nothing more is written."""
        if not self.closed:
            self.closed = True
            await self._session.send(Data(self.number, b"", fin=True))

    def reset(self) -> None:
        """By the peer, or with the connection."""
        self.closed = self._ended = True
        self._arrived.set()
        self.window_changed.set()


Opened = Callable[[SpdyStream], Awaitable[None]]


class SpdySession:
    """`run` reads until the client leaves; `opened` is awaited for each stream in turn, after its SYN_REPLY."""

    def __init__(self, transport: Transport, opened: Opened) -> None:
        self._transport = transport
        self._opened = opened
        self._framer = Framer()
        self._streams: dict[int, SpdyStream] = {}
        self._sending = asyncio.Lock()
        self.keeps_windows = False
        self.initial_window = spdy.INITIAL_WINDOW

    async def run(self) -> None:
        """Raises: SpdyError."""
        try:
            while data := await self._transport.receive():
                for frame in self._framer.feed(data):
                    await self._take(frame)
        finally:
            for stream in self._streams.values():
                stream.reset()

    async def send(self, frame: spdy.Frame) -> None:
        # One at a time: headers are compressed in the order in which they are sent.
        async with self._sending:
            await self._transport.send(self._framer.encode(frame))

    async def _take(self, frame: spdy.Frame) -> None:
        stream = self._streams.get(frame.stream)
        if isinstance(frame, Data):
            if stream is None:
                await self.send(Control(spdy.RST_STREAM, frame.stream, value=_STREAM_CLOSED))
            else:
                stream.take(frame.payload, frame.fin)
            return
        match frame.kind:
            case spdy.SYN_STREAM:
                await self._open(frame)
            case spdy.RST_STREAM if stream is not None:
                stream.reset()
                del self._streams[frame.stream]
            case spdy.PING:
                await self.send(frame)
            case spdy.WINDOW_UPDATE:
                self.keeps_windows = True
                if stream is not None:
                    stream.window += frame.value
                    stream.window_changed.set()
            case spdy.SETTINGS:
                self.keeps_windows = True
                for known in self._streams.values():
                    known.window += frame.value - self.initial_window
                    known.window_changed.set()
                self.initial_window = frame.value

    async def _open(self, frame: Control) -> None:
        if len(self._streams) >= _MOST_STREAMS:
            self._forget_finished()
        if len(self._streams) >= _MOST_STREAMS:
            raise SpdyError("too many streams")
        stream = self._streams[frame.stream] = SpdyStream(self, frame.stream, frame.headers or {})
        await self.send(Control(spdy.SYN_REPLY, frame.stream, headers={}))
        if frame.fin:
            stream.take(b"", True)
        await self._opened(stream)

    def _forget_finished(self) -> None:
        for number in [number for number, stream in self._streams.items() if stream.closed]:
            del self._streams[number]
