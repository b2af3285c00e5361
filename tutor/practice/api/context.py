"""What the handlers work with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from tutor.kube.times import Clock
from tutor.practice.access.signing_key import SigningKey
from tutor.practice.admission.admit import Admission
from tutor.practice.api.encoded import Encoded
from tutor.practice.store.store import Store
from tutor.practice.store.watch import Watch

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Kubelet(Protocol):
    """What the API asks the node."""

    def logs(
        self,
        namespace: str,
        pod: str,
        container: str,
        *,
        previous: bool = False,
        tail_lines: int | None = None,
        since_seconds: int | None = None,
        since_time: str | None = None,
        timestamps: bool = False,
        limit_bytes: int | None = None,
        follow: bool = False,
    ) -> AsyncIterator[bytes]: ...

    def cpu_milli(self, pod: Mapping[str, Any]) -> Mapping[str, int]: ...

    def memory_bytes(self, pod: Mapping[str, Any]) -> Mapping[str, int]: ...


class Network(Protocol):
    """Connections to pods and Services."""

    async def connect(self, address: str, port: int) -> Streams: ...

    async def connect_service(self, namespace: str, name: str, port: int | str) -> Streams: ...


@dataclass(slots=True)
class Context:
    """One of each in a process."""

    store: Store
    clock: Clock
    kubelet: Kubelet
    network: Network
    admission: Admission
    token: str
    """The administrator's."""
    signing_key: SigningKey = field(default_factory=SigningKey)
    """Of ServiceAccounts' tokens."""
    address: str = "127.0.0.1"
    """host:port, as clients reach the server."""
    ready: bool = True
    streams: Mapping[str, Callable[[web.Request, str, str], Awaitable[web.StreamResponse]]] = field(
        default_factory=dict
    )
    """exec, attach and portforward: (request, namespace, pod)."""
    encoded: Encoded = field(default_factory=Encoded)
    watches: set[Watch] = field(default_factory=set)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """End what would keep the server from closing."""
        self.closing.set()
        for watch in list(self.watches):
            watch.end()
