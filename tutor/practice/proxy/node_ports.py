"""The learner's way in: each Service's nodePort is listened on at 127.0.0.1 and passed to a ready pod.

A nodePort without a ready pod refuses connections, as the node's packet filter does: its port is then held, but not
listened on. Where another program has the port the Service keeps its nodePort, and a Warning event says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tutor.kube.times import Clock
from tutor.practice.proxy.network import STREAM_LIMIT, Objects, PodNetwork
from tutor.practice.proxy.splice import splice

RETRY_SECONDS = 5.0
COMPONENT = "kube-proxy"
BUSY, FREE = "NodePortBusy", "NodePortFree"
Tell = Callable[[dict[str, Any], str, str, str], None]
"""(Service, "Warning" or "Normal", reason, message) → an Event."""


@dataclass(slots=True)
class _Port:
    """One nodePort. `held`: bound, not listening; `server`: listening."""

    number: int
    namespace: str
    service: str
    port: int
    held: socket.socket | None = None
    server: asyncio.Server | None = None
    problem: str = ""


@dataclass(slots=True)
class NodePorts:
    """Follows Services and EndpointSlices through `changed`; `run` carries the changes out."""

    store: Objects
    network: PodNetwork
    clock: Clock
    tell: Tell
    _ports: dict[int, _Port] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    def on_event(self, event: Any) -> None:
        """For the store's subscription."""
        if event.object.get("kind") in ("Service", "EndpointSlice"):
            self._changed.set()

    async def run(self) -> None:
        """For ever; closes every port when cancelled."""
        try:
            while True:
                self._changed.clear()
                await self.reconcile()
                timer = asyncio.ensure_future(self.clock.sleep(RETRY_SECONDS))
                change = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait({timer, change}, return_when=asyncio.FIRST_COMPLETED)
                timer.cancel()
                change.cancel()
        finally:
            for port in self._ports.values():
                self._close(port)
            for task in list(self._connections):
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

    async def reconcile(self) -> None:
        """Bring the listeners in line with the Services and their ready endpoints."""
        wanted = self._wanted()
        for number in [number for number, port in self._ports.items() if self._identity(port) != wanted.get(number)]:
            self._close(self._ports.pop(number))
        for number, (namespace, name, port) in wanted.items():
            entry = self._ports.setdefault(number, _Port(number, namespace, name, port))
            await self._serve(entry)

    def _wanted(self) -> dict[int, tuple[str, str, int]]:
        result: dict[int, tuple[str, str, int]] = {}
        for service in self.store.list("Service"):
            if service["spec"].get("type") in ("NodePort", "LoadBalancer"):
                for entry in service["spec"].get("ports", []):
                    if entry.get("nodePort") and entry.get("protocol", "TCP") == "TCP":
                        metadata = service["metadata"]
                        result[int(entry["nodePort"])] = (metadata["namespace"], metadata["name"], int(entry["port"]))
        return result

    @staticmethod
    def _identity(port: _Port) -> tuple[str, str, int]:
        return port.namespace, port.service, port.port

    async def _serve(self, port: _Port) -> None:
        service = self.store.get("Service", port.namespace, port.service)
        entry = self._entry(service, port)
        if service is None or entry is None:
            return
        ready = bool(self.network.endpoints(service, entry))
        if port.server is not None and not ready:
            port.server.close()
            port.server = None
        if port.server is None and port.held is None:
            try:
                port.held = _bind(port.number)
            except OSError as error:
                self._say_busy(port, service, error)
                return
            if port.problem or self._said_busy(port, service):
                self.tell(service, "Normal", FREE, f"listening on 127.0.0.1:{port.number} now")
            port.problem = ""
        if ready and port.server is None and port.held is not None:
            held, port.held = port.held, None

            async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await self._accept(port, reader, writer)

            try:
                port.server = await asyncio.start_server(accept, sock=held, limit=STREAM_LIMIT)
            except OSError as error:
                # Only bound, not listened on, it could be taken by another program that had bound it as well.
                held.close()
                self._say_busy(port, service, error)

    @staticmethod
    def _entry(service: dict[str, Any] | None, port: _Port) -> dict[str, Any] | None:
        entries = service["spec"].get("ports", []) if service else []
        return next((dict(e) for e in entries if int(e.get("nodePort") or 0) == port.number), None)

    def _said_busy(self, port: _Port, service: dict[str, Any]) -> bool:
        """Whether the last word on this port, perhaps of an earlier run of the node, is that it is taken."""
        told = [
            event
            for event in self.store.list("Event", service["metadata"]["namespace"])
            if event["involvedObject"].get("uid") == service["metadata"]["uid"]
            and event["reason"] in (BUSY, FREE)
            and re.search(rf":{port.number}\b", event["message"])
        ]
        newest = max(told, key=lambda event: int(event["metadata"]["resourceVersion"]), default=None)
        return newest is not None and newest["reason"] == BUSY

    def _say_busy(self, port: _Port, service: dict[str, Any], error: OSError) -> None:
        if not port.problem:
            port.problem = str(error)
            self.tell(
                service,
                "Warning",
                BUSY,
                f"can't listen on 127.0.0.1:{port.number}: another program on this machine uses the port. "
                "The Service keeps its nodePort and is served there once the port is free.",
            )

    async def _accept(self, port: _Port, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        service = self.store.get("Service", port.namespace, port.service)
        entry = self._entry(service, port)
        try:
            if service is None or entry is None:
                raise ConnectionRefusedError
            target = await self.network.connect(*self.network.pick_endpoint(service, entry))
        except OSError:
            # It is too late to refuse: break off, so that the client sees a reset and not an empty answer.
            with contextlib.suppress(OSError):
                _reset_on_close(writer)
            writer.transport.abort()
            return
        await splice((reader, writer), target)

    @staticmethod
    def _close(port: _Port) -> None:
        if port.server is not None:
            port.server.close()
        if port.held is not None:
            port.held.close()


def _bind(number: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Connections of before may linger on the port; that must not keep it from being bound again.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", number))
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
