"""A node without processes: the API's view of a kubelet, and objects to begin with."""

from __future__ import annotations

import asyncio
import random
import types
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web

from tests.fakes import FakeClock
from tutor.kube.times import Clock
from tutor.practice.admission.admit import Admission
from tutor.practice.api.context import Context
from tutor.practice.kubelet import exec_session
from tutor.practice.kubelet.exec_session import ExecSession
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.standins.commands.world import World
from tutor.practice.store.store import Store
from tutor.practice.streams.handlers import handle_attach, handle_exec, handle_portforward

TOKEN = "a-token-of-the-tests"
NODE = "practice"
POD_ADDRESS = "10.244.0.2"


class NodeDouble:
    """What `Context.kubelet` and the stream handlers ask of a kubelet. Every pod has the same address and log."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.network = PodNetwork(store)
        self.log_lines = [b"first\n", b"second\n", b"third\n"]
        self.asked: list[dict[str, Any]] = []

    async def _pieces(self, lines: list[bytes]) -> AsyncIterator[bytes]:
        for line in lines:
            yield line

    def logs(self, namespace: str, pod: str, container: str = "", **options: Any) -> AsyncIterator[bytes]:
        self.asked.append({"pod": f"{namespace}/{pod}", "container": container, **options})
        count = options.get("tail_lines")
        return self._pieces(self.log_lines if count is None else self.log_lines[len(self.log_lines) - count :])

    def cpu_milli(self, pod: Mapping[str, Any]) -> dict[str, int]:
        return {container["name"]: 12 for container in pod["spec"]["containers"]}

    def memory_bytes(self, pod: Mapping[str, Any]) -> dict[str, int]:
        return {container["name"]: 34 << 20 for container in pod["spec"]["containers"]}

    def worker(self, namespace: str, name: str) -> Any:
        if self.store.get("Pod", namespace, name) is None:
            return None
        return types.SimpleNamespace(record=types.SimpleNamespace(address=POD_ADDRESS))

    def exec(
        self, namespace: str, pod: str, container: str, words: tuple[str, ...], *, tty: bool = False
    ) -> ExecSession:
        exec_session.check(words)
        world = World(exec_session.FromPod(self.network, namespace, POD_ADDRESS), {"HOSTNAME": pod}, {}, pod)
        return ExecSession(words, world)


def new_context(clock: Clock | None = None, *, history: int = 5000) -> tuple[Context, NodeDouble]:
    """A cluster with its permanent namespaces, the `kubernetes` Service's address taken by nobody, and one node."""
    clock = clock or FakeClock()
    store = Store(clock, history=history)
    admission = Admission(store, choose=random.Random(1))
    store.admit = admission.admit
    node = NodeDouble(store)

    async def serve_exec(request: web.Request, namespace: str, pod: str) -> web.StreamResponse:
        return await handle_exec(request, node, namespace, pod)  # type: ignore[arg-type]

    async def serve_attach(request: web.Request, namespace: str, pod: str) -> web.StreamResponse:
        return await handle_attach(request, node, namespace, pod)  # type: ignore[arg-type]

    async def serve_portforward(request: web.Request, namespace: str, pod: str) -> web.StreamResponse:
        return await handle_portforward(request, node, namespace, pod)  # type: ignore[arg-type]

    streams = {"exec": serve_exec, "attach": serve_attach, "portforward": serve_portforward}
    context = Context(store, clock, node, node.network, admission, TOKEN, streams=streams)
    for name in ("default", "kube-system", "kube-public"):
        store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {}})
    return context, node


def pod(name: str = "web", namespace: str = "default", **labels: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"containers": [{"name": "web", "image": "homics/gateway:1.0.0"}]},
    }


def config_map(name: str = "settings", namespace: str = "default", **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(name: str = "web", namespace: str = "default", replicas: int = 1) -> dict[str, Any]:
    container = {"name": "web", "image": "homics/gateway:1.0.0", "ports": [{"containerPort": 8080}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }


async def serve_pod_port(node: NodeDouble, port: int = 8080) -> asyncio.Server:
    """A process behind every pod's `port`: it answers what it is asked with its first line."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = head.split(b"\r\n")[0]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    node.network.publish(POD_ADDRESS, port, server.sockets[0].getsockname()[1])
    return server
