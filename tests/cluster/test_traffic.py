"""The application as a browser reaches it: NodePort and login, service proxy, and what counts as its error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from tests.cluster.fake_api import FakeApi, status
from tests.cluster.waiting import until
from tests.fakes import FakeClock
from tutor.cluster.api import Target
from tutor.cluster.app import Application
from tutor.cluster.client import KubeCluster, open_cluster
from tutor.cluster.reach import Reacher
from tutor.cluster.traffic import Poll
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered

NODE = "192.168.49.2"


def service(node_port: int | None = 31317) -> dict[str, Any]:
    port = {"port": 8080} | ({"nodePort": node_port} if node_port else {})
    return {"kind": "Service", "metadata": {"name": "gateway"}, "spec": {"ports": [port]}}


def endpoints(*, ready: bool = True) -> dict[str, Any]:
    return {
        "kind": "EndpointSlice",
        "metadata": {"name": "gateway-x", "labels": {"kubernetes.io/service-name": "gateway"}},
        "endpoints": [{"addresses": ["10.244.0.4"], "conditions": {"ready": ready}}],
    }


class Marketplace:
    """The gateway and user behind an address, as httpx's transport sees them."""

    def __init__(self) -> None:
        self.hosts = {NODE}
        """Addresses on which somebody listens; others refuse."""
        self.silent: set[str] = set()
        """Addresses that never answer."""
        self.version = "1.0.0"
        self.user_up = True
        self.sessions: set[str] = set()
        self.activities: list[dict[str, str]] = []
        self.records = True
        self.asked: list[tuple[str, str]] = []
        self.reset_next = 0
        self.hangs = False
        """Whether the version never comes."""

    def expire(self) -> None:
        self.sessions.clear()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        host, path = request.url.host, request.url.path
        if host in self.silent:
            raise httpx.ConnectTimeout("", request=request)
        if host not in self.hosts:
            raise httpx.ConnectError("refused", request=request) from ConnectionRefusedError()
        self.asked.append((request.method, path))
        if self.reset_next:
            self.reset_next -= 1
            raise httpx.RemoteProtocolError("Server disconnected", request=request)
        if path == "/login":
            return httpx.Response(200, text="login page")
        if path == "/perform_login":
            if not self.user_up:
                return httpx.Response(500, json={"message": "connect to user:9001 failed: Connection refused"})
            return self._login()
        if request.headers.get("cookie", "").removeprefix("SESSION=") not in self.sessions:
            return httpx.Response(302, headers={"Location": "/login"})
        if not self.user_up:
            return httpx.Response(500, json={"message": "Forwarding error"})
        if path == "/user/internal/version" and self.hangs:
            raise httpx.ReadTimeout("", request=request)
        if path == "/user/internal/version":
            return httpx.Response(200, json={"name": self.version, "createdDate": "d"})
        if path == "/user/internal/activity":
            return httpx.Response(200, json=self.activities)
        return httpx.Response(404)

    def _login(self) -> httpx.Response:
        session = f"s{len(self.activities)}-{len(self.sessions)}"
        self.sessions.add(session)
        if self.records:
            entry = {"username": "nico", "activityType": "LOGIN", "activityDate": str(len(self.activities))}
            self.activities.append(entry)
        return httpx.Response(302, headers={"Location": "/", "Set-Cookie": f"SESSION={session}; Path=/; HttpOnly"})


class World:
    """Application and poll on a cluster whose service proxy is real HTTP."""

    def __init__(self, api: FakeApi, cluster: KubeCluster, clock: FakeClock) -> None:
        self.api, self.cluster, self.clock = api, cluster, clock
        self.market = Marketplace()
        self.snapshot = ClusterSnapshot("default", 0.0).with_object(service(), 0.0).with_object(endpoints(), 0.0)
        self.app = Application(cluster, lambda: self.snapshot, clock, httpx.MockTransport(self.market))
        self.link_up = True
        self.recorded: list[Answered] = []
        self.poll = Poll(self.app, clock, self.recorded.append, lambda: self.link_up)

    def without_node_port(self) -> None:
        self.snapshot = self.snapshot.with_object(service(None), 0.0)

    def behind(self, name: str, answer: Callable[[web.Request, str], web.Response]) -> None:
        self.api.services[name] = answer

    @property
    def logins(self) -> int:
        return sum(path == "/perform_login" for _, path in self.market.asked)


@pytest.fixture
async def world(api: FakeApi, tmp_path: Path) -> AsyncIterator[World]:
    clock = FakeClock()
    api.put("Node", "minikube", status={"addresses": [{"type": "InternalIP", "address": NODE}]})
    path = api.kubeconfig(tmp_path)
    cluster = await open_cluster(Target("minikube", "minikube", api.url, "default", str(path)), clock)
    made = World(api, cluster, clock)
    yield made
    await made.app.close()
    await cluster.close()


def version(_: web.Request, path: str) -> web.Response:
    assert path == "/user/internal/version"
    return web.json_response({"name": "1.0.0", "createdDate": "d"})


async def test_the_version_is_asked_for_through_the_node_port_with_one_login(world: World) -> None:
    for _ in range(5):
        answered = await world.poll.once()
        assert answered is not None
        assert (answered.version, answered.error, answered.via) == ("1.0.0", "", "nodeport")
    assert world.logins == 1, "the session is kept"
    assert world.poll.url == f"http://{NODE}:31317"
    assert world.poll.message == ""


async def test_a_session_that_expired_is_opened_anew_within_the_call(world: World) -> None:
    await world.poll.once()
    world.market.expire()
    answered = await world.poll.once()
    assert answered is not None
    assert answered.version == "1.0.0"
    assert world.logins == 2


async def test_calls_side_by_side_share_one_login(world: World) -> None:
    await asyncio.gather(*(world.poll.once() for _ in range(10)))
    assert [answer.error for answer in world.recorded] == [""] * 10
    assert world.logins == 1


async def test_user_that_is_down_is_an_error_of_the_application(world: World) -> None:
    await world.poll.once()
    world.market.user_up = False
    assert (await world.poll.once()) == world.recorded[-1]
    assert world.recorded[-1].error == "http-500"


async def test_a_login_that_fails_is_said_as_one(world: World) -> None:
    world.market.user_up = False
    await world.poll.once()
    assert world.recorded[-1].error == "login"


async def test_a_kept_connection_that_was_closed_is_tried_again_as_a_browser_does(world: World) -> None:
    await world.poll.once()
    world.market.reset_next = 1
    answered = await world.poll.once()
    assert answered is not None
    assert answered.version == "1.0.0"
    world.market.reset_next = 2
    assert (await world.poll.once()) == world.recorded[-1]
    assert world.recorded[-1].error == "reset"


async def test_a_crash_is_never_sent_twice(world: World) -> None:
    await world.poll.once()
    world.market.reset_next = 1
    world.market.asked.clear()
    reply = await world.app.get("/user/crash")
    assert reply.error == "reset"
    assert [path for _, path in world.market.asked] == ["/user/crash"]


async def test_a_gateway_that_answered_before_and_is_gone_is_an_error(world: World) -> None:
    await world.poll.once()
    world.market.hosts.clear()
    await world.poll.once()
    assert (world.recorded[-1].error, world.recorded[-1].via) == ("refused", "nodeport")


async def called(world: World, seconds: int) -> list[tuple[str, str]]:
    """(version or error, way) of a call a second, each the first of its kind in a row."""
    seen: list[tuple[str, str]] = []
    for _ in range(seconds):
        await world.clock.advance(1.0)
        answered = await world.poll.once()
        assert answered is not None
        outcome = (answered.version or answered.error, answered.via)
        if outcome not in seen[-1:]:
            seen.append(outcome)
        if (looking := world.app.way._beside) is not None:
            await asyncio.wait({looking}, timeout=5)
    return seen


@pytest.mark.parametrize("error", ["refused", "unreachable"])
async def test_a_node_port_that_answers_nobody_any_more_is_left_for_the_service_proxy(world: World, error: str) -> None:
    """The gateway is well: a tunnel to the node ended, or the network is another one."""
    await world.poll.once()
    world.behind("user", version)
    world.behind("gateway", lambda _, path: web.Response(text="login page" if path == "/login" else ""))
    world.market.hosts.clear()
    if error == "unreachable":
        world.market.silent.add(NODE)
    assert await called(world, 10) == [(error, "nodeport"), ("1.0.0", "service-proxy")]
    assert "NodePort 31317 does not answer from this machine" in world.poll.message
    world.market.hosts.add(NODE)
    world.market.silent.clear()
    assert await called(world, 30) == [("1.0.0", "service-proxy"), ("1.0.0", "nodeport")]
    assert world.poll.message == ""


async def test_a_gateway_that_does_not_answer_by_any_way_is_not_left(world: World) -> None:
    """It counts as ready while it starts: a browser would see that, too."""
    await world.poll.once()
    world.behind("user", version)
    world.market.hosts.clear()
    assert await called(world, 20) == [("refused", "nodeport")]
    world.market.hosts.add(NODE)
    assert await called(world, 3) == [("1.0.0", "nodeport")]


async def test_a_program_that_hangs_behind_the_gateway_is_no_lost_way(world: World) -> None:
    await world.poll.once()
    world.behind("user", version)
    world.behind("gateway", lambda _, path: web.Response(text="login page"))
    world.market.hangs = True
    assert await called(world, 20) == [("timeout", "nodeport")]
    world.snapshot = world.snapshot.with_object(endpoints(ready=False), 0.0)
    world.market.hosts.clear()
    assert await called(world, 20) == [("refused", "nodeport")], "there is no gateway to be reached"


async def test_a_node_that_cannot_be_reached_leaves_the_service_proxy_and_says_so(world: World) -> None:
    world.market.silent.add(NODE)
    world.behind("user", version)
    answered = await world.poll.once()
    assert answered is not None
    assert (answered.version, answered.via) == ("1.0.0", "service-proxy")
    assert "NodePort 31317 does not answer from this machine" in world.poll.message
    assert world.poll.url == ""


async def test_a_node_that_answers_later_is_found_beside_the_calls(world: World) -> None:
    world.market.silent.add(NODE)
    world.behind("user", version)
    await world.poll.once()
    world.market.silent.clear()
    for _ in range(30):
        await world.clock.advance(1.0)
        await world.poll.once()
    assert world.recorded[-1].via == "nodeport"
    assert world.poll.message == ""
    assert all(answer.version == "1.0.0" for answer in world.recorded)


async def test_an_address_that_answers_nobody_is_not_tried_all_the_time(world: World) -> None:
    world.market.hosts.clear()
    world.behind("user", version)
    tried = 0

    class Counting(httpx.MockTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            nonlocal tried
            tried += 1
            return await super().handle_async_request(request)

    world.app.way.browser.transport = Counting(world.market)
    for _ in range(120):
        await world.clock.advance(1.0)
        await world.poll.once()
    assert 5 <= tried <= 20


async def test_without_a_node_port_user_is_asked_directly(world: World) -> None:
    world.without_node_port()
    world.behind("user", version)
    answered = await world.poll.once()
    assert answered is not None
    assert (answered.version, answered.via) == ("1.0.0", "service-proxy")
    assert "has no NodePort" in world.poll.message


async def test_what_listens_on_this_machine_is_not_taken_for_minikubes_gateway(world: World) -> None:
    world.market.silent.add(NODE)
    world.market.hosts.add("127.0.0.1")
    world.behind("user", version)
    await world.poll.once()
    assert world.recorded[-1].via == "service-proxy"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, "no-endpoints"),
        ((502, "error trying to reach service: dial tcp 10.0.0.1:9001: connect: connection refused"), "refused"),
        ((502, "error trying to reach service: read tcp: connection reset by peer"), "reset"),
        ((502, "error trying to reach service: dial tcp: i/o timeout"), "timeout"),
        ((502, "error trying to reach service: EOF"), "reset"),
        ((500, '{"message": "no database"}'), "http-500"),
        ((404, "page not found"), "http-404"),
        ((200, "no json"), "not-json"),
        ((200, "[1]"), "not-json"),
        ((200, '{"name": 3}'), "not-json"),
    ],
)
async def test_failures_behind_the_service_proxy_are_told_apart(
    world: World, answer: tuple[int, str] | None, error: str
) -> None:
    world.without_node_port()
    if answer is not None:
        world.behind("user", lambda *_: web.Response(status=answer[0], text=answer[1]))
    await world.poll.once()
    assert world.recorded[-1].error == error


async def test_a_lost_api_server_is_not_the_applications_error(world: World) -> None:
    world.without_node_port()
    await world.api.stop()
    assert await world.poll.once() is None
    assert world.recorded == []
    assert "cannot be reached" in world.poll.message


async def test_an_answer_that_comes_after_the_link_was_lost_does_not_count(world: World) -> None:
    world.link_up = False
    assert await world.poll.once() is None
    assert world.recorded == []


async def test_a_refusal_of_the_api_server_is_said_and_is_no_error_of_the_application(world: World) -> None:
    world.without_node_port()
    said = status(403, "services/proxy is forbidden", "Forbidden")
    world.behind("user", lambda *_: web.json_response(said, status=403))
    await world.poll.once()
    assert world.recorded[-1].error == "refused-by-api-server"
    assert world.poll.message == "services/proxy is forbidden"


@pytest.mark.parametrize(("rate", "count"), [(1.0, 10), (5.0, 50), (10.0, 100), (0.1, 10), (99.0, 100)])
async def test_the_rate_is_kept_between_one_and_ten(world: World, rate: float, count: int) -> None:
    world.poll.rate = rate
    await world.poll.once()
    world.recorded.clear()
    work = asyncio.create_task(world.poll.run())
    await world.clock.advance(9.99)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert abs(len(world.recorded) - count) <= 1
    assert world.logins == 1


async def test_slow_answers_do_not_hold_up_the_next_calls(world: World) -> None:
    inner = world.market.__call__

    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("version"):
            await world.clock.sleep(1.9)
        return inner(request)

    await world.poll.once()
    world.recorded.clear()
    world.app._browser.transport = httpx.MockTransport(slow)
    work = asyncio.create_task(world.poll.run())
    await world.clock.advance(20.0)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert len(world.recorded) >= 17
    assert all(answer.version == "1.0.0" and answer.latency > 1 for answer in world.recorded[1:])
    starts = [answer.at for answer in world.recorded]
    assert all(0.9 < later - earlier < 1.1 for earlier, later in pairwise(starts))


async def test_it_ends_when_it_is_not_wanted_any_more_and_drops_the_calls_that_wait(world: World) -> None:
    asked = []

    async def never(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        await asyncio.Event().wait()
        raise AssertionError("not reached")

    await world.poll.once()
    world.recorded.clear()
    world.app._browser.transport = httpx.MockTransport(never)
    wanted = True
    work = asyncio.create_task(world.poll.run(lambda: wanted))
    await world.clock.advance(2.5)
    assert (len(asked), work.done()) == (3, False)
    wanted = False
    await world.clock.advance(1.0)
    await asyncio.wait_for(work, 20)
    assert (len(asked), world.recorded) == (3, [])


async def test_after_a_sleep_of_the_machine_nothing_is_caught_up_with(world: World) -> None:
    await world.poll.once()
    world.recorded.clear()
    work = asyncio.create_task(world.poll.run())
    await world.clock.advance(3.0)
    before = len(world.recorded)
    world.clock._now += 3_600.0
    await world.clock.advance(2.0)
    assert len(world.recorded) - before <= 4
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_a_clock_that_is_set_back_does_not_stop_the_calls(world: World) -> None:
    work = asyncio.create_task(world.poll.run())
    await until(lambda: len(world.recorded) == 3, world.clock)
    world.clock.set_back(3_600.0)
    await until(lambda: len(world.recorded) == 8, world.clock)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert all(call.at <= world.clock.now() for call in world.recorded[3:])


async def test_while_the_link_is_lost_nothing_is_asked(world: World) -> None:
    await world.poll.once()
    world.recorded.clear()
    work = asyncio.create_task(world.poll.run())
    await world.clock.advance(3.0)
    world.link_up = False
    world.market.asked.clear()
    await world.clock.advance(60.0)
    assert world.market.asked == []
    world.link_up = True
    await world.clock.advance(2.0)
    assert world.market.asked
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


# What checks ask for.


async def test_the_gateways_page_is_reached_with_a_session_of_its_own(world: World) -> None:
    await world.poll.once()
    reached = await Reacher(world.app, world.clock)("gateway-page")
    assert (reached.ok, reached.via, reached.url) == (True, "nodeport", f"http://{NODE}:31317/login")
    await world.poll.once()
    assert world.logins == 1, "the poll's session goes on"


async def test_a_node_port_that_opens_a_moment_later_is_waited_for(world: World) -> None:
    world.market.hosts.clear()
    world.behind("gateway", lambda *_: web.Response(text="login page"))
    asking = asyncio.create_task(Reacher(world.app, world.clock)("gateway-page"))
    await until(lambda: world.clock._sleepers)
    await world.clock.advance(0.5)
    world.market.hosts.add(NODE)
    await until(asking.done, world.clock)
    assert asking.result().via == "nodeport"


async def test_a_network_that_answers_for_every_address_is_not_the_gateway(world: World) -> None:
    """A transparent proxy answers 404 where nobody listens; a portal sends everybody to its own page."""
    world.behind("gateway", lambda *_: web.Response(text="login page"))
    answers = [httpx.Response(404), httpx.Response(302, headers={"Location": "http://portal.example.com/login"})]
    for answer in answers:
        world.app.way.browser.transport = httpx.MockTransport(lambda _, answer=answer: answer)  # type: ignore[misc]
        reached = await Reacher(world.app, world.clock)("gateway-page")
        assert (reached.ok, reached.via) == (True, "service-proxy")


async def test_a_service_that_leads_to_another_program_is_not_right(world: World) -> None:
    world.market.hosts.clear()
    world.behind("gateway", lambda *_: web.Response(status=404, text="no such page"))
    asking = asyncio.create_task(Reacher(world.app, world.clock)("gateway-page"))
    await until(asking.done, world.clock)
    assert (asking.result().ok, asking.result().status, asking.result().error) == (False, 404, "http-404")


async def test_a_node_port_that_never_opens_is_given_up_after_a_while(world: World) -> None:
    world.market.hosts.clear()
    world.behind("gateway", lambda *_: web.Response(text="login page"))
    asking = asyncio.create_task(Reacher(world.app, world.clock)("gateway-page"))
    await until(asking.done, world.clock)
    assert (asking.result().ok, asking.result().via) == (True, "service-proxy")


async def test_a_login_counts_where_user_has_a_new_entry(world: World) -> None:
    reach = Reacher(world.app, world.clock)
    assert (await reach("login")).ok
    world.market.records = False
    refused = await reach("login")
    assert (refused.ok, refused.error) == (False, "not-recorded")
    assert world.market.activities, "older entries prove nothing of this login"


async def test_a_login_that_user_cannot_take_is_told_with_its_status(world: World) -> None:
    world.market.user_up = False
    reached = await Reacher(world.app, world.clock)("login")
    assert (reached.ok, reached.unknown, reached.status) == (False, False, 500)
    assert "Connection refused" in reached.detail


async def test_a_lost_api_server_makes_a_question_unknown(world: World) -> None:
    world.without_node_port()
    await world.api.stop()
    reached = await Reacher(world.app, world.clock)("login")
    assert (reached.ok, reached.unknown) == (False, True)


async def test_before_there_is_somebody_to_ask_nothing_is_asked(world: World) -> None:
    why = ["There is no Service user yet."]
    poll = Poll(world.app, world.clock, world.recorded.append, lambda: True, nobody=lambda: why[0])
    work = asyncio.create_task(poll.run())
    await world.clock.advance(3.0)
    assert (world.recorded, world.market.asked, poll.message) == ([], [], why[0])
    why[0] = ""
    await until(lambda: world.recorded, world.clock, 0.5)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert {answer.version for answer in world.recorded} == {"1.0.0"}


async def test_a_node_port_that_another_program_has_is_not_taken_for_the_gateway(world: World) -> None:
    def told(reason: str, version: int) -> None:
        event = {
            "kind": "Event",
            "metadata": {"name": f"gateway.{version}", "resourceVersion": str(version)},
            "involvedObject": {"kind": "Service", "name": "gateway", "uid": gateway["metadata"]["uid"]},
            "reason": reason,
            "message": "127.0.0.1:31317: …",
        }
        world.snapshot = world.snapshot.with_object(event, 0.0)

    gateway = service()
    gateway["metadata"]["uid"] = "u"
    world.snapshot = world.snapshot.with_object(gateway, 0.0)
    world.behind("user", version)
    told("NodePortBusy", 9)
    answered = await world.poll.once()
    assert answered is not None
    assert (answered.version, answered.via) == ("1.0.0", "service-proxy")
    assert "Another program of this machine uses the port 31317" in world.poll.message
    assert world.market.asked == []
    told("NodePortFree", 10)
    answered = await world.poll.once()
    assert answered is not None
    assert answered.via == "nodeport"
