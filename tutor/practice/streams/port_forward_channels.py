"""port-forward over plain websocket channels (v4.channel.k8s.io), as the Python client asks: ports in the query.

Of the n-th port, channel 2n carries data and 2n+1 errors; each begins with the port's number in two bytes.
"""

from __future__ import annotations

import asyncio
import struct

from aiohttp import WSMsgType, web

from tutor.practice.proxy.network import Streams
from tutor.practice.streams.port_forward import Connect

PROTOCOLS = ("v4.channel.k8s.io",)
_CHUNK = 32 << 10


async def serve(request: web.Request, ports: list[int], connect: Connect) -> web.StreamResponse:
    websocket = web.WebSocketResponse(protocols=PROTOCOLS, max_msg_size=1 << 22)
    await websocket.prepare(request)
    connections: dict[int, Streams] = {}
    tasks: list[asyncio.Task[None]] = []
    try:
        for index, port in enumerate(ports):
            number = struct.pack("<H", port)
            await websocket.send_bytes(bytes([2 * index]) + number)
            await websocket.send_bytes(bytes([2 * index + 1]) + number)
            try:
                connections[index] = await connect(port)
            except OSError as problem:
                text = f"error forwarding port {port} to pod: {problem}"
                await websocket.send_bytes(bytes([2 * index + 1]) + text.encode())
                continue
            tasks.append(asyncio.create_task(_to_client(websocket, 2 * index, connections[index][0])))
        async for message in websocket:
            if message.type is WSMsgType.BINARY and message.data and message.data[0] // 2 in connections:
                writer = connections[message.data[0] // 2][1]
                writer.write(message.data[1:])
                await writer.drain()
    except ConnectionError:
        # Client or pod broke off.
        pass
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _reader, writer in connections.values():
            writer.close()
        await websocket.close()
    return websocket


async def _to_client(websocket: web.WebSocketResponse, channel: int, reader: asyncio.StreamReader) -> None:
    while data := await reader.read(_CHUNK):
        await websocket.send_bytes(bytes([channel]) + data)
    await websocket.close()
