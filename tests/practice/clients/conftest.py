from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from tests.practice.api.doubles import TOKEN, NodeDouble, new_context
from tutor.kube.times import SystemClock
from tutor.practice.api.context import Context
from tutor.practice.api.server import application
from tutor.practice.life import certificates, kubeconfig
from tutor.practice.life.folder import ClusterFolder


@dataclass(frozen=True, slots=True)
class Server:
    """An API server with TLS in a thread of its own, for clients that block or are processes."""

    url: str
    token: str
    ca: Path
    kubeconfig: Path
    context: Context
    node: NodeDouble
    loop: asyncio.AbstractEventLoop


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> ClusterFolder:
    folder = ClusterFolder(tmp_path_factory.mktemp("cluster"))
    certificates.ensure(folder, SystemClock().now())
    return folder


@pytest.fixture
def server(identity: ClusterFolder, tmp_path: Path) -> Iterator[Server]:
    loop = asyncio.new_event_loop()
    context, node = new_context(SystemClock())
    runner = web.AppRunner(application(context), handler_cancellation=True, access_log=None, shutdown_timeout=0.5)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(identity.certificates / "server.crt", identity.certificates / "server.key")

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        return int(runner.addresses[0][1])

    async def stop() -> None:
        context.close()
        assert runner.server is not None
        transports = [connection.transport for connection in runner.server.connections]
        await runner.cleanup()
        # TLS would wait for the goodbye of clients that no longer read.
        for transport in transports:
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    context.address = f"127.0.0.1:{port}"
    ca = identity.certificates / "ca.crt"
    config = tmp_path / "kubeconfig"
    kubeconfig.write(config, port, ca.read_bytes(), TOKEN)
    yield Server(f"https://127.0.0.1:{port}", TOKEN, ca, config, context, node, loop)
    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
