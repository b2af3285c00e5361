"""The pods' virtual network: (podIP, port) → a port of 127.0.0.1 where the container's process listens.

The same on every system: no address is added to an interface, no port below 1024 is bound, and two pods with the same
containerPort never meet. A port that no container listens on is not in the map: connection refused, as in a real pod.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any, Protocol

from tutor.practice.proxy import services
from tutor.practice.proxy.errors import NoEndpoints, NoServicePort, NoSuchService, UnknownHost

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

POD_NETWORK = "10.244."
# minikube's bridge is .1; its own pods come first.
_FIRST = 2
_LAST = 250 * 250
STREAM_LIMIT = 1 << 18


class Objects(Protocol):
    """What the network reads of the store."""

    def get(self, kind: str, namespace: str, name: str) -> dict[str, Any] | None: ...

    def list(self, kind: str, namespace: str | None = None) -> list[dict[str, Any]]: ...


class PodNetwork:
    """Addresses of pods, and connections to pods and Services."""

    def __init__(self, store: Objects, *, choose: random.Random | None = None) -> None:
        self._store = store
        self._random = choose or random.Random()
        self._addresses: dict[str, str] = {}
        self._next = _FIRST
        self._local_ports: dict[tuple[str, int], int] = {}

    # Addresses

    def allocate(self, pod_uid: str) -> str:
        """The pod's address, e.g. 10.244.0.5: a new one with each sandbox, in order, reused only after all others."""
        taken = set(self._addresses.values())
        for _ in range(_LAST):
            number = self._next
            self._next = self._next + 1 if self._next < _LAST else _FIRST
            address = (
                f"{POD_NETWORK}{number // 250}.{number % 250 + 1}" if number >= 250 else f"{POD_NETWORK}0.{number}"
            )
            if address not in taken:
                self._addresses[pod_uid] = address
                return address
        raise RuntimeError("the pod network has no free address")

    def release(self, pod_uid: str) -> None:
        address = self._addresses.pop(pod_uid, None)
        for key in [key for key in self._local_ports if key[0] == address]:
            del self._local_ports[key]

    def address_of(self, pod_uid: str) -> str:
        """The pod's address, "" where it has none."""
        return self._addresses.get(pod_uid, "")

    # Ports

    def publish(self, address: str, port: int, local_port: int) -> None:
        self._local_ports[address, port] = local_port

    def withdraw(self, address: str, port: int) -> None:
        self._local_ports.pop((address, port), None)

    def local_port(self, address: str, port: int) -> int | None:
        return self._local_ports.get((address, port))

    def ports_of(self, address: str) -> Iterator[int]:
        return (port for known, port in self._local_ports if known == address)

    # Connections

    async def connect(self, address: str, port: int) -> Streams:
        """To a pod. Raises: ConnectionRefusedError where no process listens there."""
        local = self._local_ports.get((address, port))
        if local is None:
            raise refused(address, port)
        try:
            return await asyncio.open_connection("127.0.0.1", local, limit=STREAM_LIMIT)
        except OSError as error:
            # The text a client sees names the pod's address, never the local port.
            raise refused(address, port) from error

    async def connect_service(self, namespace: str, name: str, port: int | str) -> Streams:
        """To a ready pod of a Service, by its port's number or name.

        Raises: NoSuchService, NoServicePort, NoEndpoints (a ConnectionRefusedError), ConnectionRefusedError.
        """
        service = self._store.get("Service", namespace, name)
        if service is None:
            raise NoSuchService(name)
        entry = services.service_port(service, port)
        if entry is None:
            raise NoServicePort(str(port), name)
        return await self.connect(*self.pick_endpoint(service, entry))

    def pick_endpoint(self, service: dict[str, Any], entry: dict[str, Any]) -> tuple[str, int]:
        """(podIP, port) of one ready endpoint, at random as the packet filter does. Raises: NoEndpoints."""
        found = self.endpoints(service, entry)
        if not found:
            raise NoEndpoints(str(service["metadata"]["name"]))
        return self._random.choice(found)

    def endpoints(self, service: dict[str, Any], entry: dict[str, Any]) -> list[tuple[str, int]]:
        slices = self._store.list("EndpointSlice", str(service["metadata"]["namespace"]))
        return services.ready_endpoints(service, entry, slices)

    async def connect_host(self, namespace: str, host: str, port: int) -> Streams:
        """As a pod of `namespace` names it: a Service's DNS name, a clusterIP or a podIP.

        Raises: UnknownHost, ConnectionRefusedError.
        """
        if services.is_address(host):
            if host.startswith(POD_NETWORK):
                return await self.connect(host, port)
            for service in self._store.list("Service"):
                if service.get("spec", {}).get("clusterIP") == host:
                    return await self._connect_to(service, host, port)
            raise refused(host, port)
        found = services.service_of_name(host, namespace)
        named = self._store.get("Service", *found) if found else None
        if named is None:
            raise UnknownHost(host)
        return await self._connect_to(named, host, port)

    async def _connect_to(self, service: dict[str, Any], host: str, port: int) -> Streams:
        if service["spec"].get("clusterIP") == "None":
            # A headless Service's name is its pods' addresses: any port of theirs can be asked.
            addresses = services.ready_addresses(
                service, self._store.list("EndpointSlice", str(service["metadata"]["namespace"]))
            )
            if not addresses:
                raise UnknownHost(host)
            return await self.connect(self._random.choice(addresses), port)
        entry = services.service_port(service, port)
        if entry is None:
            # No rule for that port of the clusterIP. A real client would wait; refusing says the same sooner.
            raise refused(host, port)
        return await self.connect(*self.pick_endpoint(service, entry))

    def full_name(self, namespace: str, host: str) -> str:
        """`user` → user.default.svc.cluster.local; an address stays."""
        found = None if services.is_address(host) else services.service_of_name(host, namespace)
        return f"{found[1]}.{found[0]}.svc.{services.CLUSTER_DOMAIN}" if found else host

    def lookup(self, namespace: str, host: str) -> list[str]:
        """The addresses of a name, as DNS answers in a pod of `namespace`. Raises: UnknownHost."""
        if services.is_address(host):
            return [host]
        found = services.service_of_name(host, namespace)
        service = self._store.get("Service", *found) if found else None
        if service is None:
            raise UnknownHost(host)
        address = str(service["spec"].get("clusterIP", ""))
        if address not in ("", "None"):
            return [address]
        addresses = services.ready_addresses(
            service, self._store.list("EndpointSlice", str(service["metadata"]["namespace"]))
        )
        if not addresses:
            raise UnknownHost(host)
        return addresses


def refused(address: str, port: int) -> ConnectionRefusedError:
    """With the text of a Go client, as the kubelet's probes and the API server's proxy show it."""
    return ConnectionRefusedError(f"dial tcp {address}:{port}: connect: connection refused")
