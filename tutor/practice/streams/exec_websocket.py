"""exec over a websocket: the first byte of each message is its channel. Protocols v5 and v4 of channel.k8s.io."""

from __future__ import annotations

import asyncio

from aiohttp import WSMsgType, web

from tutor.practice.kubelet.exec_session import CommandNotFound
from tutor.practice.streams import exec_run
from tutor.practice.streams.exec_run import Channels, Send, Session

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io", "v3.channel.k8s.io", "channel.k8s.io")
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255


async def serve(request: web.Request, session: Session | CommandNotFound, run_id: str) -> web.StreamResponse:
    """`session`, or why there is none: told on the error channel, after the upgrade."""
    websocket = web.WebSocketResponse(protocols=PROTOCOLS, max_msg_size=1 << 22)
    await websocket.prepare(request)
    query = request.query
    tty = _is_true(query.get("tty"))
    typed: asyncio.Queue[bytes] = asyncio.Queue()
    reading = asyncio.ensure_future(_read(websocket, typed))

    def channel(number: int) -> Send:
        async def send(data: bytes) -> None:
            await websocket.send_bytes(bytes([number]) + data)

        return send

    channels = Channels(
        read=typed.get if _is_true(query.get("stdin")) else _nothing,
        stdout=channel(STDOUT) if _is_true(query.get("stdout")) else None,
        stderr=channel(STDERR) if _is_true(query.get("stderr")) else None,
        tty=tty,
    )
    try:
        if isinstance(session, CommandNotFound):
            status = exec_run.not_started(str(session), run_id, through_websocket=True)
        else:
            running = asyncio.ensure_future(exec_run.run(session, channels))
            await asyncio.wait({running, reading}, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                # The client has left: the command ends with it.
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                return websocket
            status = await running
        if websocket.ws_protocol in ("v5.channel.k8s.io", "v4.channel.k8s.io"):
            await websocket.send_bytes(bytes([ERROR]) + exec_run.encode(status))
        elif status["status"] != "Success":
            await websocket.send_bytes(bytes([ERROR]) + str(status["message"]).encode())
    except ConnectionError:
        # The client left while its output was sent: there is nobody to tell.
        return websocket
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await websocket.close()
    return websocket


async def _read(websocket: web.WebSocketResponse, typed: asyncio.Queue[bytes]) -> None:
    """Standard input into `typed`, b"" at its end. Returns when the client has left."""
    while True:
        message = await websocket.receive()
        if message.type is WSMsgType.BINARY and message.data:
            data = bytes(message.data)
            if data[0] == STDIN and len(data) > 1:
                typed.put_nowait(data[1:])
            elif data[0] == CLOSE and data[1:2] == bytes([STDIN]):
                typed.put_nowait(b"")
        elif message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            typed.put_nowait(b"")
            return


async def _nothing() -> bytes:
    return b""


def _is_true(value: str | None) -> bool:
    return value in ("true", "1")
