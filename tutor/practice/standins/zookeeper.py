"""ZooKeeper: listens on 2181 and answers the four-letter words `ruok` and `srvr`."""

from __future__ import annotations

import asyncio

from tutor.practice.standins.application import Application

PORT = 2181


async def run(application: Application) -> None:
    await application.slow_start(1.0)

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                if data.startswith(b"ruok"):
                    writer.write(b"imok")
                    break
                if data.startswith(b"srvr"):
                    writer.write(b"Zookeeper version: 3.4.13\nMode: standalone\nNode count: 4\n")
                    break
        except ConnectionError:
            # A client that left.
            return
        finally:
            writer.close()

    server = await application.listen(PORT, on_client)
    print(f"[main:NIOServerCnxnFactory] - binding to port 0.0.0.0/0.0.0.0:{PORT}")
    async with server:
        await server.serve_forever()
