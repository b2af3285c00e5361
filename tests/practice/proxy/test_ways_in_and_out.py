"""The pods' way out (by names, with their token) and the learner's way in (NodePorts)."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.ports import free_port
from tests.practice.proxy.town import Town, heard
from tutor.practice.proxy.forward_proxy import ForwardProxy
from tutor.practice.proxy.node_ports import NodePorts

# The way out


@pytest.fixture
async def proxy(town: Town) -> AsyncIterator[ForwardProxy]:
    proxy = ForwardProxy(town.network)
    await proxy.start()
    yield proxy
    await proxy.stop()


async def ask(proxy: ForwardProxy, head: str, token: str = "") -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    authorization = f"Proxy-Authorization: Bearer {token}\r\n" if token else ""
    writer.write(f"{head}\r\n{authorization}\r\n".encode())
    return await heard((reader, writer))


async def test_a_pod_reaches_services_by_name(town: Town, proxy: ForwardProxy) -> None:
    town.service()
    town.slice(await town.pod("a"))
    token = proxy.admit("default", "10.244.0.99")
    answer = await ask(proxy, "CONNECT web:80 HTTP/1.1", token)
    assert answer == "HTTP/1.1 200 Connection Established\r\n\r\na"


async def test_localhost_is_the_pod_itself(town: Town, proxy: ForwardProxy) -> None:
    address = await town.pod("me", port=9001)
    token = proxy.admit("default", address)
    assert (await ask(proxy, "CONNECT localhost:9001 HTTP/1.1", token)).endswith("me")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("CONNECT nosuch:80 HTTP/1.1", "404 Not Found"),
        ("CONNECT web:81 HTTP/1.1", "502 Bad Gateway"),
        ("CONNECT 8.8.8.8:53 HTTP/1.1", "502 Bad Gateway"),
        ("CONNECT example.org:443 HTTP/1.1", "404 Not Found"),
        ("GET http://web/ HTTP/1.1", "400 Bad Request"),
        ("CONNECT web HTTP/1.1", "400 Bad Request"),
        ("CONNECT web:http HTTP/1.1", "400 Bad Request"),
        ("nonsense", "400 Bad Request"),
    ],
)
async def test_what_leads_nowhere(town: Town, proxy: ForwardProxy, head: str, status: str) -> None:
    town.service()
    answer = await ask(proxy, head, proxy.admit("default", "10.244.0.99"))
    assert answer.startswith(f"HTTP/1.1 {status}")


async def test_without_a_pod_s_token_nothing_is_reached(town: Town, proxy: ForwardProxy) -> None:
    town.service()
    town.slice(await town.pod("a"))
    token = proxy.admit("default", "10.244.0.99")
    proxy.dismiss(token)
    for given in ("", "wrong", token):
        assert (await ask(proxy, "CONNECT web:80 HTTP/1.1", given)).startswith("HTTP/1.1 407")


async def test_names_are_resolved_for_pods(town: Town, proxy: ForwardProxy) -> None:
    town.service()
    token = proxy.admit("default", "10.244.0.99")
    answer = await ask(proxy, "RESOLVE web HTTP/1.1", token)
    assert json.loads(answer.partition("\r\n\r\n")[2]) == {
        "name": "web.default.svc.cluster.local",
        "addresses": ["10.96.0.9"],
    }
    assert (await ask(proxy, "RESOLVE nosuch HTTP/1.1", token)).startswith("HTTP/1.1 404")


# The way in


class Ports:
    def __init__(self, town: Town) -> None:
        self.town = town
        self.warnings: list[str] = []
        self.node_ports = NodePorts(town.store, town.network, town.clock, self._tell)

    def _tell(self, service: dict[str, Any], kind: str, reason: str, message: str) -> None:
        self.warnings.append(f"{kind} {reason}: {message}")

    async def open(self, port: int, **spec: Any) -> None:
        entry = {"port": 80, "targetPort": 8080, "protocol": "TCP", "nodePort": port}
        self.town.service(type="NodePort", ports=[entry], **spec)
        await self.node_ports.reconcile()


@pytest.fixture
async def ports(town: Town) -> AsyncIterator[Ports]:
    ports = Ports(town)
    yield ports
    task = asyncio.create_task(ports.node_ports.run())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def answers(port: int) -> str:
    return await heard(await asyncio.open_connection("127.0.0.1", port))


async def test_a_node_port_leads_to_a_ready_pod(town: Town, ports: Ports) -> None:
    port = free_port()
    town.slice(await town.pod("a"))
    await ports.open(port)
    assert await answers(port) == "a"


async def test_without_a_ready_pod_it_refuses_and_nobody_else_can_take_it(town: Town, ports: Ports) -> None:
    port = free_port()
    await ports.open(port)
    with pytest.raises(ConnectionRefusedError):
        await answers(port)
    with socket.socket() as other, pytest.raises(OSError, match=r"[Aa]ddress already in use|WinError"):
        other.bind(("127.0.0.1", port))
    town.slice(await town.pod("a"))
    await ports.node_ports.reconcile()
    assert await answers(port) == "a"


async def test_it_refuses_again_when_the_last_pod_is_not_ready(town: Town, ports: Ports) -> None:
    port = free_port()
    made = town.slice(await town.pod("a"))
    await ports.open(port)
    assert await answers(port) == "a"
    endpoint = {**made["endpoints"][0], "conditions": {"ready": False, "serving": False, "terminating": False}}
    town.store.update({**made, "endpoints": [endpoint]})
    await ports.node_ports.reconcile()
    with pytest.raises(ConnectionRefusedError):
        await answers(port)


async def test_a_port_of_another_program_is_said_once_and_taken_when_it_is_free(town: Town, ports: Ports) -> None:
    port = free_port()
    town.slice(await town.pod("a"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        await ports.open(port)
        await ports.node_ports.reconcile()
        assert ports.warnings == [
            f"Warning NodePortBusy: can't listen on 127.0.0.1:{port}: another program on this machine uses the port. "
            "The Service keeps its nodePort and is served there once the port is free."
        ]
    await ports.node_ports.reconcile()
    assert ports.warnings[1:] == [f"Normal NodePortFree: listening on 127.0.0.1:{port} now"]
    assert await answers(port) == "a"


async def test_a_deleted_service_closes_its_port(town: Town, ports: Ports) -> None:
    port = free_port()
    town.slice(await town.pod("a"))
    await ports.open(port)
    town.store.delete("Service", "default", "web")
    await ports.node_ports.reconcile()
    with pytest.raises(ConnectionRefusedError):
        await answers(port)


async def test_a_pod_that_is_gone_meanwhile_is_a_reset_not_an_empty_answer(town: Town, ports: Ports) -> None:
    port = free_port()
    address = await town.pod("a")
    town.slice(address)
    await ports.open(port)
    town.network.withdraw(address, 8080)
    with pytest.raises(ConnectionError):
        await answers(port)


async def test_a_load_balancer_has_a_node_port_and_a_cluster_ip_has_none(town: Town, ports: Ports) -> None:
    port = free_port()
    town.slice(await town.pod("a"))
    entry = {"port": 80, "targetPort": 8080, "protocol": "TCP", "nodePort": port}
    service = town.service(type="LoadBalancer", ports=[entry])
    await ports.node_ports.reconcile()
    assert await answers(port) == "a"
    town.store.update({**service, "spec": {**service["spec"], "type": "ClusterIP"}})
    await ports.node_ports.reconcile()
    with pytest.raises(ConnectionRefusedError):
        await answers(port)


async def test_it_listens_on_this_machine_alone(town: Town, ports: Ports) -> None:
    port = free_port()
    town.slice(await town.pod("a"))
    await ports.open(port)
    server = next(iter(ports.node_ports._ports.values())).server
    assert server is not None
    assert [bound.getsockname()[0] for bound in server.sockets] == ["127.0.0.1"]


async def test_a_port_that_was_taken_in_an_earlier_run_is_said_to_be_free(town: Town, ports: Ports) -> None:
    port = free_port()
    town.slice(await town.pod("a"))
    service = town.service(
        type="NodePort", ports=[{"port": 80, "targetPort": 8080, "protocol": "TCP", "nodePort": port}]
    )
    town.store.create(
        {
            "kind": "Event",
            "metadata": {"name": "busy", "namespace": "default"},
            "involvedObject": {"uid": service["metadata"]["uid"]},
            "reason": "NodePortBusy",
            "message": f"can't listen on 127.0.0.1:{port}: …",
        }
    )
    await ports.node_ports.reconcile()
    assert ports.warnings == [f"Normal NodePortFree: listening on 127.0.0.1:{port} now"]


@pytest.mark.skipif(sys.platform == "win32", reason="there a port belongs to whoever binds it first")
async def test_a_port_that_another_program_takes_before_a_pod_is_ready_is_said_to_be_busy(
    town: Town, ports: Ports
) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        await ports.open(port)
        assert ports.warnings == []
        other.listen()
        town.slice(await town.pod("a"))
        await ports.node_ports.reconcile()
        assert [warning.split(":")[0] for warning in ports.warnings] == ["Warning NodePortBusy"]
        await ports.node_ports.reconcile()
        assert len(ports.warnings) == 1
    await ports.node_ports.reconcile()
    assert await answers(port) == "a"
    assert ports.warnings[1:] == [f"Normal NodePortFree: listening on 127.0.0.1:{port} now"]
