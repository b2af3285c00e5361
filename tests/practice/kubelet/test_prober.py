"""One try of a probe over the pods' network. Texts of the kubelet v1.34.2, recorded where they could be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest

from tests.fakes import FakeClock
from tutor.kube.probes import effective_probe
from tutor.practice.kubelet.probe_state import Outcome
from tutor.practice.kubelet.prober import CommandResult, NetworkProber
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.store.store import Store

ADDRESS = "10.244.0.5"
CONTAINER = {"name": "a", "ports": [{"containerPort": 8080, "name": "web"}]}


class Pod:
    """A server at 8080 of the pod's address that answers `answer`, and a command that ends as told."""

    def __init__(self) -> None:
        self.network = PodNetwork(Store(FakeClock()))
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        self.requests: list[str] = []
        self.command: Callable[[], Awaitable[CommandResult]] | None = None
        self._prober = NetworkProber(self.network, self._execute)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head.decode())
            if self.answer == b"wait":
                await reader.read()
            else:
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            # A TCP probe sends nothing.
            return
        finally:
            writer.close()

    async def _execute(self, pod: Mapping[str, Any], container: str, words: tuple[str, ...]) -> CommandResult:
        assert self.command is not None
        return await self.command()

    async def probe(self, **probe: Any) -> Outcome:
        return await self._prober.probe({}, CONTAINER, effective_probe(probe), ADDRESS)


@pytest.fixture
async def pod() -> AsyncIterator[Pod]:
    pod = Pod()
    server = await asyncio.start_server(pod.serve, "127.0.0.1", 0)
    pod.network.publish(ADDRESS, 8080, server.sockets[0].getsockname()[1])
    yield pod
    server.close()
    await server.wait_closed()


def answer(status: str, *headers: str) -> bytes:
    return ("\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "", ""])).encode()


async def test_a_page_that_answers_is_a_success(pod: Pod) -> None:
    outcome = await pod.probe(
        httpGet={"path": "/up?x=1", "port": "web", "httpHeaders": [{"name": "X-A", "value": "b"}]}
    )
    assert outcome.succeeded
    head = pod.requests[0].split("\r\n")
    assert head[0] == "GET /up?x=1 HTTP/1.1"
    assert "User-Agent: kube-probe/1.34" in head
    assert f"Host: {ADDRESS}:8080" in head
    assert "X-A: b" in head


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "302 Found", "399 Odd"])
async def test_two_and_three_hundreds_succeed(pod: Pod, status: str) -> None:
    pod.answer = answer(status)
    assert (await pod.probe(httpGet={"path": "/", "port": 8080})).succeeded


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
async def test_others_fail_with_their_code(pod: Pod, status: int) -> None:
    pod.answer = answer(f"{status} No")
    outcome = await pod.probe(httpGet={"path": "/", "port": 8080})
    assert outcome == Outcome(False, f"HTTP probe failed with statuscode: {status}")


@pytest.mark.parametrize(
    ("probe", "text"),
    [
        (
            {"httpGet": {"path": "/up", "port": 9999}},
            f'Get "http://{ADDRESS}:9999/up": dial tcp {ADDRESS}:9999: connect: connection refused',
        ),
        ({"tcpSocket": {"port": 9999}}, f"dial tcp {ADDRESS}:9999: connect: connection refused"),
        (
            {"httpGet": {"path": "/", "port": 8080, "scheme": "HTTPS"}},
            f'Get "https://{ADDRESS}:8080/": http: server gave HTTP response to HTTPS client',
        ),
        (
            {"grpc": {"port": 8080}},
            f'timeout: failed to connect service "{ADDRESS}:8080" within 1s: context deadline exceeded',
        ),
    ],
)
async def test_who_does_not_answer(pod: Pod, probe: dict[str, Any], text: str) -> None:
    assert await pod.probe(**probe) == Outcome(False, text)


async def test_a_slow_page_times_out(pod: Pod, monkeypatch: pytest.MonkeyPatch) -> None:
    pod.answer = b"wait"
    probe = effective_probe({"httpGet": {"path": "/", "port": 8080}, "timeoutSeconds": 1})
    real = asyncio.timeout
    monkeypatch.setattr("tutor.practice.kubelet.prober.asyncio.timeout", lambda _seconds: real(0.05))
    outcome = await NetworkProber(pod.network, pod._execute).probe({}, CONTAINER, probe, ADDRESS)
    assert outcome.output == (
        f'Get "http://{ADDRESS}:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "EOF"),
        (b"garbage\r\n\r\n", 'net/http: HTTP/1.x transport connection broken: malformed HTTP response "garbage"'),
    ],
)
async def test_what_is_no_http(pod: Pod, data: bytes, text: str) -> None:
    pod.answer = data
    outcome = await pod.probe(httpGet={"path": "/", "port": 8080})
    assert outcome == Outcome(False, f'Get "http://{ADDRESS}:8080/": {text}')


async def test_redirects_are_followed_within_the_pod_alone(pod: Pod) -> None:
    pod.answer = answer("302 Found", f"Location: http://{ADDRESS}:8080/other")
    outcome = await pod.probe(httpGet={"path": "/", "port": 8080})
    assert outcome.output.endswith("stopped after 10 redirects")
    pod.requests.clear()
    pod.answer = answer("302 Found", "Location: http://example.org/")
    assert (await pod.probe(httpGet={"path": "/", "port": 8080})).succeeded
    assert len(pod.requests) == 1


async def test_a_port_that_is_open(pod: Pod) -> None:
    assert (await pod.probe(tcpSocket={"port": 8080})).succeeded


async def test_a_port_name_that_the_container_does_not_have_could_not_be_tried(pod: Pod) -> None:
    outcome = await pod.probe(httpGet={"path": "/", "port": "nope"})
    assert outcome == Outcome(False, 'strconv.Atoi: parsing "nope": invalid syntax', errored=True)


async def test_commands(pod: Pod) -> None:
    async def ends(code: int, output: str) -> CommandResult:
        return CommandResult(code, output)

    pod.command = lambda: ends(0, "fine")
    assert await pod.probe(exec={"command": ["true"]}) == Outcome(True, "fine")
    pod.command = lambda: ends(1, "cat: /x: No such file or directory\n")
    assert await pod.probe(exec={"command": ["cat", "/x"]}) == Outcome(False, "cat: /x: No such file or directory\n")

    async def cannot() -> CommandResult:
        return CommandResult(126, problem='failed to start exec "1": no such thing')

    pod.command = cannot
    outcome = await pod.probe(exec={"command": ["nosuch"]})
    assert outcome.errored
    assert outcome.output.startswith("rpc error: code = Unknown desc = failed to exec in container: failed to start")


async def test_a_command_that_takes_too_long(pod: Pod, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> CommandResult:
        await asyncio.Event().wait()
        raise AssertionError

    pod.command = never
    real = asyncio.timeout
    monkeypatch.setattr("tutor.practice.kubelet.prober.asyncio.timeout", lambda _seconds: real(0.02))
    outcome = await pod.probe(exec={"command": ["sleep", "60"]})
    assert outcome == Outcome(False, 'command timed out: "sleep 60" timed out after 1s')
