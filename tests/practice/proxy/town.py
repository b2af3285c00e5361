"""Services, slices and servers for the network's tests: everything listens on 127.0.0.1."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from tests.fakes import FakeClock
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.store.store import Store


class Town:
    """`pod` starts a server that says its own name to whoever connects."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = Store(self.clock)
        self.network = PodNetwork(self.store, choose=random.Random(1))
        self._servers: list[asyncio.Server] = []

    async def pod(self, name: str, port: int = 8080) -> str:
        """The pod's address."""

        async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(name.encode())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(say, "127.0.0.1", 0)
        self._servers.append(server)
        address = self.network.address_of(name) or self.network.allocate(name)
        self.network.publish(address, port, server.sockets[0].getsockname()[1])
        return address

    def service(self, name: str = "web", *, namespace: str = "default", **spec: Any) -> dict[str, Any]:
        ports = [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]
        body = {"clusterIP": "10.96.0.9", "type": "ClusterIP", "ports": ports, **spec}
        metadata = {"name": name, "namespace": namespace}
        return self.store.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": body})

    def slice(
        self,
        *addresses: str,
        service: str = "web",
        namespace: str = "default",
        name: str = "",
        port: int = 8080,
        port_name: str = "",
        **conditions: bool,
    ) -> dict[str, Any]:
        state = {"ready": True, "serving": True, "terminating": False, **conditions}
        metadata = {
            "name": name or f"{service}-1",
            "namespace": namespace,
            "labels": {"kubernetes.io/service-name": service},
        }
        return self.store.create(
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": metadata,
                "addressType": "IPv4",
                "endpoints": [{"addresses": [address], "conditions": state} for address in addresses],
                "ports": [{"name": port_name, "port": port, "protocol": "TCP"}],
            }
        )

    async def close(self) -> None:
        for server in self._servers:
            server.close()
            await server.wait_closed()


async def heard(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> str:
    reader, writer = streams
    try:
        async with asyncio.timeout(10):
            return (await reader.read()).decode()
    finally:
        writer.close()
