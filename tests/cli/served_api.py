"""An API server in memory for commands, which bring a loop of their own: it runs in a thread beside them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.cluster.fake_api import FakeApi

ResultT = TypeVar("ResultT")


class ServedApi:
    """`do` runs something in the server's own loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, api: FakeApi) -> None:
        self._loop, self.api = loop, api

    def do(self, act: Callable[[FakeApi], ResultT]) -> ResultT:
        async def run() -> ResultT:
            return act(self.api)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    def run(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


@contextmanager
def serving() -> Iterator[ServedApi]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def make() -> FakeApi:
        api = FakeApi()
        await api.start()
        return api

    api = asyncio.run_coroutine_threadsafe(make(), loop).result(10)
    try:
        yield ServedApi(loop, api)
    finally:
        asyncio.run_coroutine_threadsafe(api.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
