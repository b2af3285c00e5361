from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from tests.practice.api.doubles import TOKEN, new_context
from tutor.kube.times import SystemClock
from tutor.practice.api.context import Context
from tutor.practice.api.server import application


@dataclass(frozen=True, slots=True)
class Server:
    """An API server in a thread of its own, for clients that block."""

    url: str
    token: str
    context: Context
    loop: asyncio.AbstractEventLoop


@pytest.fixture
def server() -> Iterator[Server]:
    loop = asyncio.new_event_loop()
    context, _ = new_context(SystemClock())
    runner = web.AppRunner(application(context), handler_cancellation=True, access_log=None, shutdown_timeout=0.5)

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    async def stop() -> None:
        context.close()
        await runner.cleanup()

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    context.address = f"127.0.0.1:{port}"
    yield Server(f"http://127.0.0.1:{port}", TOKEN, context, loop)
    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
