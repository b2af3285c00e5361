"""The way to the gateway from this machine: its NodePort on the first node address that answers.

With some drivers (Docker on macOS and Windows) the node's address cannot be reached. Then the calls go through the API
server's service proxy, and the NodePort is tried again now and then, beside them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tutor.cluster.api import Cluster
from tutor.cluster.browser import Browser
from tutor.cluster.errors import ClusterError
from tutor.cluster.replies import Reply
from tutor.core.snapshot import ClusterSnapshot
from tutor.kube.times import Clock

GATEWAY, GATEWAY_PORT = "gateway", 8080
ADDRESSES_AGAIN = 30.0
"""Seconds after which the nodes' addresses are asked for again."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0
"""Seconds between two tries of a NodePort that could not be reached, doubling."""
LEFT_AFTER = 5.0
"""Seconds in which no call found anybody at a NodePort that had answered, before the way itself is looked at: a gateway
that is started anew is away for less."""
BETWEEN = 0.25
"""Seconds between two tries while one waits for it."""
SERVICE_NAME = "kubernetes.io/service-name"
NO_WAY = ("refused", "timeout", "unreachable")
"""Failures that may be those of the way."""
VM_KINDS = frozenset({"minikube"})
"""Clusters whose NodePorts are never this machine's own: what answers at 127.0.0.1 is something else."""


@dataclass(slots=True)
class Way:
    """Finds the base URL of the gateway and remembers it. `snapshot` gives the cluster as last seen."""

    cluster: Cluster
    snapshot: Callable[[], ClusterSnapshot]
    clock: Clock
    browser: Browser
    """Its own: no session of a learner's."""
    remark: str = ""
    """Why requests go through the service proxy at the moment; empty while the NodePort answers."""
    base: str = ""
    """The URL that answered last, e.g. "http://192.168.49.2:31317"; empty where none did."""
    occupied: bool = False
    """Another program of this machine has the port: what answers there is not the gateway."""
    _addresses: list[str] = field(default_factory=list)
    _addresses_at: float = float("-inf")
    _again_at: float = float("-inf")
    _pause: float = FIRST_PAUSE
    _lost_since: float | None = None
    """When the first of the calls was sent that found nobody at the NodePort that had answered; None while they do."""
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _beside: asyncio.Task[str] | None = None

    def node_port(self) -> int | None:
        """The NodePort of the Service gateway, None where there is none."""
        service = self.snapshot().get("Service", GATEWAY)
        ports = ((service or {}).get("spec") or {}).get("ports") or []
        chosen = sorted(ports, key=lambda port: port.get("port") != GATEWAY_PORT)
        number = chosen[0].get("nodePort") if chosen else None
        return number if isinstance(number, int) else None

    async def find(self, *, patience: float = 0.0) -> str:
        """The base URL, or "" where the service proxy has to do; `remark` then says why.

        `patience`: seconds in which a NodePort that refuses is tried again: a new one needs a moment to open.
        """
        port = self.node_port()
        if port is None:
            self.base = ""
            self.remark = "The Service gateway has no NodePort, so the calls go through the API server's service proxy."
            return ""
        self.occupied = occupied(self.snapshot(), port)
        if self.occupied:
            self.base = ""
            self.remark = (
                f"Another program of this machine uses the port {port}, so the calls go through the API server's"
                " service proxy. End that program, or give the Service another nodePort."
            )
            return ""
        if self.base.endswith(f":{port}") and not patience:
            return self.base
        if patience or self._pause == FIRST_PAUSE:
            return await self._look(port, patience)
        due = not 0 < self._again_at - self.clock.now() <= LONGEST_PAUSE  # the clock may be set back
        if due and (self._beside is None or self._beside.done()):
            # No call has to wait for an address that was silent before.
            self._beside = asyncio.create_task(self._look(port, 0.0))
        return ""

    def note(self, reply: Reply) -> None:
        """What became of a call to `base`. Where none finds anybody there for a while, the way is looked at beside the
        calls: a tunnel that ended, another network."""
        now = self.clock.now()
        if reply.error not in NO_WAY:
            self._lost_since = None
        elif self._lost_since is None:
            self._lost_since = reply.sent_at
        elif not 0 <= now - self._lost_since < LEFT_AFTER and (self._beside is None or self._beside.done()):
            self._lost_since = now
            if has_ready_pod(self.snapshot()):
                self._beside = asyncio.create_task(self._look_again())

    async def _look_again(self) -> str:
        """Leave the NodePort where it answers at no address, while the gateway does through the API server."""
        port = self.node_port()
        async with self._looking:
            if port is None or not self.base.endswith(f":{port}"):
                return self.base
            for address in await self._node_addresses():
                base = f"http://{_host(address)}:{port}"
                if is_gateway(await self.browser.send(base, "GET", "/login")):
                    self.base = base
                    return base
            try:
                answer = await self.cluster.proxy(GATEWAY, GATEWAY_PORT, "/login", method="GET", body=b"", headers={})
            except ClusterError:
                return self.base
            if answer.status < 400 or answer.status == 401:
                self._give_up(port)
            return self.base

    async def _look(self, port: int, patience: float) -> str:
        async with self._looking:
            if self.base.endswith(f":{port}") and not patience:
                return self.base
            until = self.clock.now() + patience
            while True:
                refused = True
                for address in await self._node_addresses():
                    base = f"http://{_host(address)}:{port}"
                    reply = await self.browser.send(base, "GET", "/login")
                    if is_gateway(reply):
                        self.base, self.remark, self._pause = base, "", FIRST_PAUSE
                        return base
                    refused = refused and reply.error == "refused"
                if not refused or self.clock.now() + BETWEEN > until:
                    break
                await self.clock.sleep(BETWEEN)
            self._give_up(port)
            return ""

    def _give_up(self, port: int) -> None:
        self.base = ""
        self._again_at = self.clock.now() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if has_ready_pod(self.snapshot()):
            self.remark = (
                f"The NodePort {port} does not answer from this machine, so the calls go through the API server's"
                " service proxy."
            )
        else:
            self.remark = "The gateway has no ready pod, so the calls go through the API server's service proxy."

    async def _node_addresses(self) -> list[str]:
        if not self._addresses or not 0 <= self.clock.now() - self._addresses_at <= ADDRESSES_AGAIN:
            try:
                found = await self.cluster.node_addresses()
            except ClusterError:
                # The old ones are as good as any while the API server is away.
                return self._addresses
            if self.cluster.target.kind in VM_KINDS:
                found = [address for address in found if address != "127.0.0.1"]
            self._addresses, self._addresses_at = found, self.clock.now()
        return self._addresses

    async def close(self) -> None:
        if self._beside is not None:
            self._beside.cancel()
            await asyncio.gather(self._beside, return_exceptions=True)
        await self.browser.close()


def is_gateway(reply: Reply) -> bool:
    """Whether an answer to GET /login may be the gateway's: its page, or a redirect to a page of its own.

    Networks exist in which something answers at every address, mostly with 404.
    """
    if reply.status in (301, 302, 303, 307, 308):
        location = urlsplit(reply.headers.get("location", ""))
        return not location.netloc or location.netloc == urlsplit(reply.url).netloc
    return reply.status in (200, 401)


def occupied(snapshot: ClusterSnapshot, port: int, service: str = GATEWAY) -> bool:
    """Whether the cluster says that it cannot open the Service's NodePort: what answers there is not the gateway.

    A cluster whose node is this machine says so in an Event, and in another when the port is free again.
    """
    live = snapshot.get("Service", service)
    told = [
        event
        for event in snapshot.list("Event")
        if live is not None
        and (event.get("involvedObject") or {}).get("uid") == live["metadata"].get("uid")
        and event.get("reason") in ("NodePortBusy", "NodePortFree")
        and re.search(rf":{port}\b", str(event.get("message", "")))
    ]
    newest = max(told, key=lambda event: int(event["metadata"].get("resourceVersion") or 0), default=None)
    return newest is not None and newest["reason"] == "NodePortBusy"


def has_ready_pod(snapshot: ClusterSnapshot, service: str = GATEWAY) -> bool:
    """Whether requests to the Service find anybody."""
    return any(
        (endpoint.get("conditions") or {}).get("ready") is not False
        for obj in snapshot.list("EndpointSlice")
        if _labels(obj).get(SERVICE_NAME) == service
        for endpoint in obj.get("endpoints") or []
    )


def _labels(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    labels: Mapping[str, Any] = obj["metadata"].get("labels") or {}
    return labels


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address
