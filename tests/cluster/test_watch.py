"""Following a cluster through everything that happens to connections, over real HTTP with a clock that stands still."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.fake_api import FakeApi, status
from tests.cluster.waiting import until
from tests.fakes import FakeClock
from tutor.cluster.api import Target
from tutor.cluster.client import open_cluster
from tutor.cluster.errors import Unreachable
from tutor.cluster.news import Changed, Denied, LinkLost, LinkRestored, Listed, Met, News, Slept
from tutor.cluster.vigil import BEAT
from tutor.cluster.watch import FIRST_ABSENT, FIRST_PAUSE, LONGEST_PAUSE, PULSE, Watcher

KINDS = ("Pod", "Deployment")


class Heard:
    """What a watcher told, in order."""

    def __init__(self) -> None:
        self.news: list[News] = []
        self.pods: set[str] = set()
        """Names of the pods as a receiver of the news knows them."""
        self.seen: list[set[str]] = []

    def __call__(self, news: News) -> None:
        self.news.append(news)
        match news:
            case Listed("Pod", objects, _):
                self.pods = {obj["metadata"]["name"] for obj in objects}
            case Changed("Pod", "DELETED", obj, _):
                self.pods.discard(obj["metadata"]["name"])
            case Changed("Pod", _, obj, _):
                self.pods.add(obj["metadata"]["name"])
            case _:
                return
        self.seen.append(set(self.pods))

    def of(self, kind: type[Any]) -> list[Any]:
        return [news for news in self.news if isinstance(news, kind)]

    def lists(self, kind: str) -> int:
        return sum(news.kind == kind for news in self.of(Listed))


@asynccontextmanager
async def watching(
    api: FakeApi, folder: Path, clock: FakeClock, kinds: tuple[str, ...] = KINDS
) -> AsyncIterator[tuple[Heard, Watcher]]:
    path = api.kubeconfig(folder)
    cluster = await open_cluster(Target("minikube", "minikube", api.url, api.namespace, str(path)), clock)
    heard = Heard()
    watcher = Watcher(cluster, clock, heard, kinds)
    work = asyncio.create_task(watcher.run())
    try:
        yield heard, watcher
    finally:
        work.cancel()
        ended = (await asyncio.gather(work, return_exceptions=True))[0]
        await cluster.close()
        assert isinstance(ended, asyncio.CancelledError), ended


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_it_lists_and_then_tells_each_change(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.put("Pod", "a")
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod") and api.watching("Deployment"))
        assert watcher.link_up
        api.put("Pod", "b")
        api.change("Pod", "a", lambda pod: pod.update(status={"phase": "Running"}))
        api.remove("Pod", "b")
        await until(lambda: len(heard.of(Changed)) == 3)
    assert [(news.type, news.object["metadata"]["name"]) for news in heard.of(Changed)] == [
        ("ADDED", "b"),
        ("MODIFIED", "a"),
        ("DELETED", "b"),
    ]
    first = [type(news) for news in heard.news[:2]]
    assert first == [Met, LinkRestored], "the world is known before anything of it is told"


async def test_a_long_list_is_read_page_by_page(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.page = 7
    for number in range(20):
        api.put("Pod", f"pod-{number}")
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: heard.lists("Pod"))
    assert len(heard.pods) == 20
    assert all(obj["kind"] == "Pod" for news in heard.of(Listed) if news.kind == "Pod" for obj in news.objects)


async def test_a_stream_that_ends_goes_on_where_it_stood(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.put("Pod", "a")
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods)
        api.end_streams()
        api.put("Pod", "c")
        await until(lambda: "c" in heard.pods, clock)
        assert heard.lists("Pod") == 1
        assert not heard.of(LinkLost)
    assert [news.object["metadata"]["name"] for news in heard.of(Changed)] == ["b", "c"], "nothing is told twice"


async def test_a_dropped_line_is_no_lost_cluster(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.put("Pod", "a")
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        api.drop()
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods, clock)
        assert heard.lists("Pod") == 1
        assert not heard.of(LinkLost)
        assert set() not in heard.seen


@pytest.mark.parametrize("how", ["an ERROR in the stream", "an answer"])
async def test_a_version_that_is_too_old_is_listed_anew_and_nothing_blinks(
    api: FakeApi, tmp_path: Path, clock: FakeClock, how: str
) -> None:
    api.put("Pod", "a")
    api.put("Pod", "goes")
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        if how == "an answer":
            api.refuse["WATCH", "Pod"] = status(410, "too old resource version", "Expired")
        api.end_streams()
        api.remove("Pod", "goes")
        api.put("Pod", "b")
        api.forget()
        await until(lambda: heard.lists("Pod") == 2, clock)
        api.refuse.clear()
        api.put("Pod", "c")
        await until(lambda: "c" in heard.pods, clock)
        assert heard.pods == {"a", "b", "c"}
        assert all("a" in seen for seen in heard.seen), "what is there all the time never blinks out"
        assert not heard.of(LinkLost)


async def test_a_version_from_the_future_is_listed_anew(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    """A cluster made anew counts from the start: it answers 504 to the old one's version, for ever."""
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        api.refuse["WATCH", "Pod"] = status(504, "Too large resource version: 900, current: 12", "Timeout")
        api.end_streams()
        await until(lambda: heard.lists("Pod") >= 2, clock)
        api.refuse.clear()
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods, clock)


async def test_a_server_that_is_away_is_said_once_and_comes_back(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    api.put("Pod", "a")
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod") and api.watching("Deployment"))
        await api.stop()
        await until(lambda: heard.of(LinkLost), clock)
        assert "nobody accepts the connection" in watcher.lost
        assert not watcher.link_up
        before = len(heard.news)
        await clock.advance(600.0)
        assert len(heard.news) == before, "ten minutes without a cluster are one piece of news"
        await api.start()
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods, clock)
        assert watcher.lost == ""
    assert [type(news) for news in heard.news if isinstance(news, LinkLost | LinkRestored)] == [
        LinkRestored,
        LinkLost,
        LinkRestored,
    ]
    assert all("a" in seen for seen in heard.seen)


async def test_while_it_is_away_it_is_asked_every_five_seconds_at_most(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        api.version_answer = lambda: _json(status(503, "etcd is away", "ServiceUnavailable"))
        api.drop()
        await until(lambda: heard.of(LinkLost), clock)
        api.asked.clear()
        for _ in range(600):
            await clock.advance(1.0)
            await asyncio.sleep(0)
        await until(lambda: True)
        assert 1 <= len(api.asked) <= 125
        assert {path for _, path in api.asked} == {"/version"}, "nothing but the pulse asks"


async def test_a_silent_connection_is_noticed_by_the_pulse(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    """The streams are open and say nothing; so does the question whether it is there."""
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod"))

        async def away() -> None:
            from tutor.cluster.errors import Unreachable

            raise Unreachable("There is no answer: time ran out.", "timeout")

        watcher._cluster.alive = away  # type: ignore[method-assign]
        await until(lambda: heard.of(LinkLost), clock)
        assert "time ran out" in watcher.lost


async def test_what_waited_in_the_connections_during_a_sleep_is_not_told_as_seen(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    """Whichever task runs first after it: here the streams, before any sleeper was woken."""
    api.put("Pod", "a")
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod") and api.watching("Deployment"))
        slept_at = clock.now()
        clock.stop_for(165.0)
        api.put("Pod", "b")
        api.put("Deployment", "d")
        api.change("Pod", "a", lambda pod: pod.update(status={"phase": "Running"}))
        await until(lambda: heard.lists("Pod") == 2 and heard.lists("Deployment") == 2)
        assert heard.of(Changed) == [], "what happened meanwhile is found, not seen"
        assert heard.of(Slept) == [Slept(slept_at, slept_at + 165.0)], "and the sleep is told once"
        first = heard.news.index(heard.of(Slept)[0])
        assert [type(news) for news in heard.news[first : first + 4]] == [Slept, Met, LinkRestored, Listed]
        assert all("a" in seen for seen in heard.seen), "nothing blinks out"
        await until(lambda: api.watching("Pod"))
        api.put("Pod", "c")
        await until(lambda: heard.of(Changed))
        assert heard.of(Changed)[0].at == clock.now()


async def test_a_sleep_is_noticed_where_nothing_waits(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod"))
        await clock.advance(7.3)
        clock.stop_for(3_600.0)
        await until(lambda: heard.lists("Pod") == 2, clock)
        (slept,) = heard.of(Slept)
        assert 0.0 <= clock.now() - 3_600.0 - slept.since <= BEAT + 0.5, "it ran until a second before, at the latest"
        assert watcher.awake_since == slept.at


async def test_a_busy_second_or_two_are_no_sleep(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        for _ in range(5):
            await clock.advance(BEAT - 0.01)
            clock.stop_for(2.0)
            api.put("Pod", "b")
            await clock.advance(0.01)
        await until(lambda: len(heard.of(Changed)) == 5, clock)
        assert not heard.of(Slept)
        assert heard.lists("Pod") == 1


async def test_hours_of_quiet_are_no_sleep(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        for _ in range(60):
            await clock.advance(60.0)
        assert not heard.of(Slept)


async def test_a_list_that_was_asked_for_before_a_sleep_is_asked_for_again(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    """Its answer tells how things were then."""
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod") and api.watching("Deployment"))
        real, held = watcher._cluster.list, asyncio.Event()
        asked: list[str] = []

        async def list_slowly(kind: str) -> Any:
            found = await real(kind)
            asked.append(kind)
            if len(asked) == 1:
                await held.wait()
            return found

        watcher._cluster.list = list_slowly  # type: ignore[method-assign]
        watcher._versions.clear()
        watcher._end_streams()
        await until(lambda: len(asked) == 2)
        api.put("Pod", "b")
        api.put("Deployment", "b")
        clock.stop_for(60.0)
        held.set()
        await until(lambda: len(asked) == 4)
        await until(lambda: len(heard.of(Slept)) == 1 and "b" in heard.pods)
        assert heard.seen == [set(), {"b"}] or heard.seen == [set(), set(), {"b"}]


async def test_a_server_that_was_away_before_a_sleep_and_is_away_after_it_is_told_of_twice(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod"))
        await api.stop()
        await until(lambda: heard.of(LinkLost), clock)
        clock.stop_for(600.0)
        await until(lambda: heard.of(Slept), clock)
        assert [type(news) for news in heard.news[-2:]] == [Slept, LinkLost]
        assert watcher.lost
        await api.start()
        await until(lambda: heard.lists("Pod") == 2, clock)


async def test_a_pulse_that_did_not_outlive_a_sleep_is_no_lost_cluster(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod"))
        real = watcher._cluster.alive

        async def broken() -> None:
            watcher._cluster.alive = real  # type: ignore[method-assign]
            clock.stop_for(60.0)
            raise Unreachable("The connection broke.", "reset")

        watcher._cluster.alive = broken  # type: ignore[method-assign]
        await until(lambda: heard.lists("Pod") == 2, clock)
        assert not heard.of(LinkLost)


async def test_a_clock_that_was_set_back_does_not_stop_the_pulse(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        clock.set_back(3_600.0)
        await api.stop()
        await until(lambda: heard.of(LinkLost), clock)


async def test_a_line_that_was_cut_is_read_again(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        await api.say("Pod", b'{"type":"ADDED","object":{"kind":"Po')
        api.drop()
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods, clock)
        await until(lambda: api.watching("Pod"), clock)
        await api.say("Pod", b"this is no JSON\n")
        api.put("Pod", "c")
        await until(lambda: "c" in heard.pods, clock)
        assert not heard.of(LinkLost)


@pytest.mark.parametrize("half", [b"", b'{"type":"ADDED","object":{"kind":"Po'])
async def test_a_stream_that_falls_silent_alone_is_listed_anew(
    api: FakeApi, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, half: bytes
) -> None:
    """What happened meanwhile would otherwise be dated by the moment at which the next stream tells of it."""
    monkeypatch.setattr("tutor.cluster.client.SILENCE_SECONDS", 60.0 if half else 0.2)
    monkeypatch.setattr("tutor.cluster.wire.TORN", 0.2)
    async with watching(api, tmp_path, clock, ("Pod",)) as (heard, _):
        await until(lambda: api.watching("Pod"))
        if half:
            await api.say("Pod", half)
        api.silent.add("Pod")
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods, clock)
        assert heard.lists("Pod") >= 2
        assert not heard.of(Changed), "nobody saw it happen"
        assert not heard.of(LinkLost)


async def test_a_stream_that_went_well_for_a_while_is_taken_up_without_a_long_pause(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    asked: list[float] = []
    sleep = clock.sleep
    clock.sleep = lambda seconds: asked.append(seconds) or sleep(seconds)  # type: ignore[method-assign,func-returns-value]
    async with watching(api, tmp_path, clock, ("Pod",)) as (heard, _):
        await until(lambda: api.watching("Pod"))
        for number in range(5):
            for _ in range(8):
                await clock.advance(1.0)
            api.drop()
            api.put("Pod", f"pod-{number}")
            await until(lambda: f"pod-{number}" in heard.pods, clock)  # noqa: B023
        assert heard.lists("Pod") == 1, "nothing was missed"
    assert not {4 * FIRST_PAUSE, LONGEST_PAUSE} & set(asked), "each failure is the first one"


async def test_bookmarks_move_on_and_are_not_told(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        mark = {"type": "BOOKMARK", "object": {"kind": "Pod", "metadata": {"resourceVersion": "5000"}}}
        await api.say("Pod", json.dumps(mark).encode() + b"\n")
        await asyncio.sleep(0.05)
        api.version = 5_000
        api.forgotten = 4_999
        api.end_streams()
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods, clock)
        assert heard.lists("Pod") == 1
        assert [news.object["metadata"]["name"] for news in heard.of(Changed)] == ["b"]


async def test_an_event_of_a_megabyte_in_pieces_is_one_event(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: api.watching("Pod"))
        api.put("Pod", "big", metadata={"annotations": {"much": "x" * 1_000_000}})
        await until(lambda: "big" in heard.pods, clock)
        assert len(heard.of(Changed)) == 1


async def test_a_kind_that_is_denied_is_said_once_and_the_others_go_on(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    api.refuse["LIST", "Deployment"] = status(403, 'deployments.apps is forbidden: User "x" cannot list', "Forbidden")
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: heard.of(Denied))
        api.put("Pod", "b")
        await until(lambda: "b" in heard.pods)
        await clock.advance(200.0)
        assert [(news.kind, news.reason) for news in heard.of(Denied)] == [
            ("Deployment", 'deployments.apps is forbidden: User "x" cannot list')
        ]
        assert watcher.link_up
        api.refuse.clear()
        await until(lambda: heard.lists("Deployment"), clock, 5.0)


async def test_a_kind_that_is_denied_for_a_moment_is_there_soon(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    """An API server that has not read its roles yet refuses everybody but system:masters."""
    api.put("Pod", "a")
    api.refuse["LIST", "Pod"] = status(403, "pods is forbidden", "Forbidden")
    async with watching(api, tmp_path, clock, ("Pod",)) as (heard, _):
        await until(lambda: heard.of(Denied))
        api.refuse.clear()
        await clock.advance(FIRST_ABSENT)
        await until(lambda: heard.lists("Pod"))


async def test_a_kind_that_stays_denied_is_seldom_asked_for(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.refuse["LIST", "Pod"] = status(403, "pods is forbidden", "Forbidden")
    async with watching(api, tmp_path, clock, ("Pod",)) as (heard, _):
        await until(lambda: heard.of(Denied), clock)
        for _ in range(600):
            await clock.advance(1.0)
            await asyncio.sleep(0.001)
        assert api.asked.count(("GET", "/api/v1/namespaces/default/pods")) <= 16
        assert len(heard.of(Denied)) == 1


async def test_a_kind_that_the_server_does_not_have_is_denied(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.refuse["LIST", "Deployment"] = status(404, "the server could not find the requested resource", "NotFound")
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: heard.of(Denied))
    assert heard.lists("Deployment") == 0


async def test_a_missing_namespace_is_told_and_so_is_its_making(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.remove("Namespace", "default")
    async with watching(api, tmp_path, clock) as (heard, _):
        await until(lambda: heard.of(Met))
        assert heard.of(Met)[0].world is None
        api.put("Namespace", "default", uid="new-one")
        await until(lambda: len(heard.of(Met)) == 2, clock)
        assert heard.of(Met)[1].world == "new-one"


async def test_a_namespace_that_is_deleted_is_looked_at_until_it_is_another_one(
    api: FakeApi, tmp_path: Path, clock: FakeClock
) -> None:
    api.put("Deployment", "a")
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Deployment"))
        api.put("Namespace", "default", uid=api.world, metadata={"deletionTimestamp": "2026-01-02T03:04:05Z"})
        api.remove("Deployment", "a")
        await until(lambda: watcher._ending)
        api.remove("Namespace", "default")
        api.put("Namespace", "default", uid="another")
        await clock.advance(PULSE)
        await until(lambda: heard.of(Met)[-1].world == "another")


async def test_a_namespace_that_may_not_be_read_is_no_obstacle(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    api.refuse["GET", "Namespace"] = status(403, "namespaces is forbidden", "Forbidden")
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: heard.lists("Pod"))
        assert heard.of(Met)[0].world == ""
        assert watcher.link_up


async def test_a_token_that_is_not_taken_any_more_is_said(api: FakeApi, tmp_path: Path, clock: FakeClock) -> None:
    async with watching(api, tmp_path, clock) as (heard, watcher):
        await until(lambda: api.watching("Pod"))
        api.token = "another"
        api.drop()
        await until(lambda: heard.of(LinkLost), clock)
        assert "401" in watcher.lost
        assert "Sign in again" in watcher.lost


def _json(body: dict[str, Any]) -> Any:
    from aiohttp import web

    return web.json_response(body, status=body["code"])
