"""exec over SPDY: one stream each for error, stdin, stdout, stderr and resize, named by the `streamtype` header."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tutor.practice.kubelet.exec_session import CommandNotFound
from tutor.practice.streams import exec_run
from tutor.practice.streams.exec_run import Channels, Session
from tutor.practice.streams.spdy_frames import SpdyError
from tutor.practice.streams.spdy_session import SpdySession, SpdyStream
from tutor.practice.streams.spdy_transport import HijackedResponse, RawTransport

PROTOCOLS = ("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io")
_STREAMS_WITHIN_SECONDS = 30.0


async def serve(request: web.Request, session: Session | CommandNotFound, run_id: str) -> web.StreamResponse:
    offered = request.headers.getall("X-Stream-Protocol-Version", [])
    wanted = [protocol.strip() for value in offered for protocol in value.split(",")]
    protocol = next((protocol for protocol in PROTOCOLS if protocol in wanted), "")
    query = request.query
    expected = {name for name in ("stdin", "stdout", "stderr") if query.get(name) in ("true", "1")} | {"error"}
    tty = query.get("tty") in ("true", "1")
    if tty:
        expected.discard("stderr")
    streams: dict[str, SpdyStream] = {}
    complete = asyncio.Event()

    async def opened(stream: SpdyStream) -> None:
        streams[stream.headers.get("streamtype", "")] = stream
        if expected <= streams.keys():
            complete.set()

    transport = RawTransport.take_over(request, protocol)
    spdy = SpdySession(transport, opened)
    reading = asyncio.ensure_future(spdy.run())
    try:
        async with asyncio.timeout(_STREAMS_WITHIN_SECONDS):
            await complete.wait()
        running = asyncio.ensure_future(_run(session, streams, run_id, protocol, tty=tty))
        await asyncio.wait({running, reading}, return_when=asyncio.FIRST_COMPLETED)
        running.cancel() if not running.done() else None
        await asyncio.gather(running, return_exceptions=True)
    except (TimeoutError, ConnectionError, SpdyError):
        # A client that opened no streams, left, or spoke something else: closing is all that can be answered.
        pass
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        transport.close()
    return HijackedResponse()


async def _run(
    session: Session | CommandNotFound, streams: dict[str, SpdyStream], run_id: str, protocol: str, *, tty: bool
) -> None:
    """Raises: ConnectionError."""
    stdin, stdout, stderr = streams.get("stdin"), streams.get("stdout"), streams.get("stderr")
    if isinstance(session, CommandNotFound):
        status = exec_run.not_started(str(session), run_id, through_websocket=False)
    else:
        channels = Channels(
            read=stdin.read if stdin else _nothing,
            stdout=stdout.write if stdout else None,
            stderr=stderr.write if stderr else None,
            tty=tty,
        )
        status = await exec_run.run(session, channels)
    error = streams["error"]
    if protocol == "v4.channel.k8s.io":
        await error.write(exec_run.encode(status))
    elif status["status"] != "Success":
        await error.write(str(status["message"]).encode())
    for stream in streams.values():
        await stream.close()


async def _nothing() -> bytes:
    return b""
