"""A tutor that ends leaves no connection behind: over TLS a farewell may come too late for its event loop."""

from __future__ import annotations

import asyncio
import gc
import warnings
from pathlib import Path

from tutor.cluster.api import Target
from tutor.cluster.client import open_cluster
from tutor.cluster.news import Listed, News
from tutor.cluster.watch import KINDS, Watcher
from tutor.kube.times import SystemClock
from tutor.practice import life


async def watch_and_leave(running: life.Running) -> None:
    listed, all_listed = set[str](), asyncio.Event()

    def tell(news: News) -> None:
        if isinstance(news, Listed):
            listed.add(news.kind)
            if listed == {*KINDS}:
                all_listed.set()

    clock = SystemClock()
    target = Target("homics-practice", "practice", running.server, "default", str(running.kubeconfig))
    cluster = await open_cluster(target, clock)
    watcher = Watcher(cluster, clock, tell)
    watching = asyncio.create_task(watcher.run())
    async with asyncio.timeout(60):
        await all_listed.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await cluster.close()


def test_watches_that_are_left_end_with_their_loop(state: Path) -> None:
    running = life.start(state, 0)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(5):
            asyncio.run(watch_and_leave(running))
            gc.collect()
    assert [str(one.message) for one in found if "unclosed" in str(one.message)] == []
