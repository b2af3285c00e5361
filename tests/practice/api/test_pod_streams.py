"""Logs, exec, attach, port-forward and proxy, over websockets and HTTP; SPDY is tried with kubectl."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import WSMsgType
from aiohttp.test_utils import TestClient

from tests.practice.api.doubles import NODE, POD_ADDRESS, NodeDouble, pod, serve_pod_port
from tutor.practice.api.context import Context

POD = "/api/v1/namespaces/default/pods/web"


@pytest.fixture
async def running(context: Context, node: NodeDouble) -> AsyncIterator[None]:
    made = pod()
    made["spec"]["nodeName"] = NODE
    stored = context.store.create(made)
    context.store.update({**stored, "status": {"phase": "Running", "podIP": POD_ADDRESS}}, subresource="status")
    server = await serve_pod_port(node)
    yield
    server.close()


async def channels(
    client: TestClient, path: str, *sent: bytes, protocol: str = "v5.channel.k8s.io"
) -> dict[int, bytes]:
    """What came on each channel until the server closed."""
    found: dict[int, bytes] = {}
    async with client.ws_connect(path, protocols=(protocol,)) as socket:
        assert socket.protocol == protocol
        for message in sent:
            await socket.send_bytes(message)
        while (message := await asyncio.wait_for(socket.receive(), 5)).type is WSMsgType.BINARY:
            found[message.data[0]] = found.get(message.data[0], b"") + message.data[1:]
    return found


@pytest.mark.usefixtures("running")
async def test_exec_carries_input_output_and_the_exit_code(client: TestClient) -> None:
    query = "command=cat&stdin=true&stdout=true&stderr=true"
    found = await channels(client, f"{POD}/exec?{query}", b"\x00hello", b"\xff\x00")
    assert found[1] == b"hello"
    assert json.loads(found[3])["status"] == "Success"
    failed = await channels(client, f"{POD}/exec?command=sh&command=-c&command=exit+3&stdout=true")
    assert json.loads(failed[3])["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]


@pytest.mark.usefixtures("running")
async def test_a_command_that_is_not_there_is_an_error_of_the_container(client: TestClient) -> None:
    found = await channels(client, f"{POD}/exec?command=/bin/nosuch&stdout=true")
    status = json.loads(found[3])
    assert status["message"].startswith("Internal error occurred: Internal error occurred: error executing command")
    assert 'exec: "/bin/nosuch": stat /bin/nosuch: no such file or directory' in status["message"]


@pytest.mark.usefixtures("running")
async def test_attach_shows_what_is_written(client: TestClient) -> None:
    found = await channels(client, f"{POD}/attach?stdout=true")
    assert json.loads(found[3])["status"] == "Success"


@pytest.mark.parametrize("subresource", ["exec?command=ls", "attach?", "portforward?ports=80"])
async def test_a_pod_that_runs_nowhere_has_no_streams(client: TestClient, context: Context, subresource: str) -> None:
    context.store.create(pod())
    async with client.get(f"{POD}/{subresource}") as response:
        assert (await response.json())["message"] == "pod web does not have a host assigned"
    async with client.get(f"{POD}/log") as response:
        assert (response.status, await response.text()) == (204, "")


@pytest.mark.usefixtures("running")
async def test_streams_need_an_upgrade(client: TestClient) -> None:
    async with client.get(f"{POD}/exec?command=ls") as response:
        assert (response.status, (await response.json())["message"]) == (400, "Upgrade request required")


@pytest.mark.usefixtures("running")
async def test_ports_are_forwarded_over_channels(client: TestClient) -> None:
    request = b"GET /path HTTP/1.1\r\nHost: x\r\n\r\n"
    found = await channels(client, f"{POD}/portforward?ports=8080", b"\x00" + request, protocol="v4.channel.k8s.io")
    assert found[0][:2] == (8080).to_bytes(2, "little")
    assert found[0].endswith(b"GET /path HTTP/1.1")


@pytest.mark.usefixtures("running")
async def test_a_port_that_nobody_listens_on_is_told_on_the_error_channel(client: TestClient) -> None:
    async with client.ws_connect(f"{POD}/portforward?ports=9", protocols=("v4.channel.k8s.io",)) as socket:
        messages = [await asyncio.wait_for(socket.receive_bytes(), 5) for _ in range(3)]
    assert messages[2][0] == 1
    assert b"connection refused" in messages[2]


@pytest.mark.usefixtures("running")
async def test_logs_take_what_kubectl_asks_for(client: TestClient, node: NodeDouble) -> None:
    query = "container=web&tailLines=1&previous=true&sinceSeconds=60&timestamps=true&limitBytes=10&follow=false"
    async with client.get(f"{POD}/log?{query}") as response:
        assert (response.content_type, await response.text()) == ("text/plain", "third\n")
    assert node.asked[-1] == {
        "pod": "default/web",
        "container": "web",
        "previous": True,
        "tail_lines": 1,
        "since_seconds": 60,
        "since_time": None,
        "timestamps": True,
        "limit_bytes": 10,
        "follow": False,
    }
    async with client.get(f"{POD}/log?container=nosuch") as response:
        assert (await response.json())["message"] == "container nosuch is not valid for pod web"
    async with client.get(f"{POD}/log?tailLines=x") as response:
        assert response.status == 400


@pytest.mark.usefixtures("running")
async def test_a_pod_is_reached_through_the_proxy(client: TestClient) -> None:
    async with client.get("/api/v1/namespaces/default/pods/web:8080/proxy/a%20b?c=d") as response:
        assert (response.status, await response.text()) == (200, "GET /a%20b?c=d HTTP/1.1")
    async with client.get("/api/v1/namespaces/default/pods/web:9/proxy/") as response:
        assert (response.status, (await response.json())["reason"]) == (503, "ServiceUnavailable")
    async with client.get("/api/v1/namespaces/default/services/nosuch/proxy/") as response:
        assert response.status == 404


@pytest.mark.usefixtures("running")
async def test_the_token_is_not_passed_on_to_a_pod(client: TestClient, node: NodeDouble) -> None:
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    node.network.publish(POD_ADDRESS, 9000, server.sockets[0].getsockname()[1])
    async with client.get("/api/v1/namespaces/default/pods/web:9000/proxy/") as response:
        assert response.status == 204
    server.close()
    assert b"authorization" not in heads[0].lower()
