"""port-forward over SPDY: for each connection a pair of streams, `error` and `data`, with the same `requestid`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tutor.practice.proxy.network import Streams
from tutor.practice.streams.spdy_frames import SpdyError
from tutor.practice.streams.spdy_session import SpdySession, SpdyStream, Transport

PROTOCOL = "portforward.k8s.io"
TUNNEL_PROTOCOL = "SPDY/3.1+portforward.k8s.io"
_CHUNK = 32 << 10
Connect = Callable[[int], Awaitable[Streams]]
"""A port of the pod → a connection. Raises: OSError."""


class PortForward:
    """All connections of one client."""

    def __init__(self, transport: Transport, connect: Connect) -> None:
        self._session = SpdySession(transport, self._opened)
        self._connect = connect
        self._errors: dict[str, SpdyStream] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until the client leaves."""
        try:
            await self._session.run()
        except (ConnectionError, SpdyError):
            # The client is gone or speaks something else: its connections end with it.
            return
        finally:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _opened(self, stream: SpdyStream) -> None:
        request = stream.headers.get("requestid", "")
        if stream.headers.get("streamtype") == "error":
            self._errors[request] = stream
            return
        task = asyncio.create_task(self._forward(stream, self._errors.pop(request, None)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forward(self, stream: SpdyStream, error: SpdyStream | None) -> None:
        port = stream.headers.get("port", "")
        try:
            try:
                reader, writer = await self._connect(int(port))
            except (OSError, ValueError) as problem:
                if error is not None:
                    # kubectl puts "an error occurred forwarding LOCAL -> PORT: " before it.
                    await error.write(f"error forwarding port {port} to pod: {problem}".encode())
                return
            try:
                await _both_ways(stream, reader, writer)
            finally:
                writer.close()
        except ConnectionError:
            # Either side broke off: both ends are closed below.
            pass
        finally:
            for one in (error, stream):
                if one is not None:
                    await _close(one)


async def _close(stream: SpdyStream) -> None:
    try:
        await stream.close()
    except ConnectionError:
        # With the connection gone the stream is as well.
        return


async def _both_ways(stream: SpdyStream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the pod has sent all, or the client has left. Raises: ConnectionError."""

    async def to_pod() -> None:
        while data := await stream.read():
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    async def to_client() -> None:
        while data := await reader.read(_CHUNK):
            await stream.write(data)
        await stream.close()

    sending, receiving = asyncio.ensure_future(to_pod()), asyncio.ensure_future(to_client())
    try:
        await receiving
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
