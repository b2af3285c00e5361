"""The marketplace as the learner's browser reaches it: the gateway's NodePort with its login; where that cannot be
reached, the API server's service proxy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from tutor.cluster.api import Cluster
from tutor.cluster.crash import Crashed, crash
from tutor.cluster.errors import ClusterError, Unreachable
from tutor.cluster.replies import Reply, from_answer, from_failure, from_response
from tutor.core.snapshot import ClusterSnapshot
from tutor.kube.times import Clock

GATEWAY, GATEWAY_PORT = "gateway", 8080
USER = "nico"
"""An account of the exercise; its password is its name."""
CONNECT_TIME, ANSWER_TIME = 1.0, 2.0
"""Seconds; a browser waits longer, but then its learner has long seen that something is wrong."""
ADDRESSES_AGAIN = 30.0
NODE_PORT_AGAIN = 10.0
"""Seconds before the NodePort is tried again after it could not be reached."""
SERVICES: Mapping[str, tuple[str, int]] = {
    "/user/": ("user", 9001),
    "/mono/": ("monolith", 8090),
    "/stats/": ("stats", 9002),
    "/stock/": ("stock", 9003),
}
"""The gateway's routes: what the service proxy is asked for instead."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class Application:
    """One browser session. `snapshot` gives the cluster as last seen; `transport` replaces the network in tests."""

    cluster: Cluster
    snapshot: Callable[[], ClusterSnapshot]
    clock: Clock
    transport: httpx.AsyncBaseTransport | None = None
    logged_in: bool = False
    remark: str = ""
    """Why requests go through the service proxy at the moment; empty while the NodePort answers."""
    _client: httpx.AsyncClient | None = None
    _addresses: list[str] = field(default_factory=list)
    _addresses_at: float = float("-inf")
    _base: str = ""
    """The NodePort's URL that answered last."""
    _cookies: dict[str, str] = field(default_factory=dict)
    """Of the session through the service proxy."""
    _avoid_until: float = float("-inf")
    _logging_in: asyncio.Lock = field(default_factory=asyncio.Lock)
    _logged_in_at: float = float("-inf")

    @property
    def url(self) -> str:
        """The gateway's URL on this machine, as far as known; empty without one."""
        return self._base

    def node_port(self) -> int | None:
        """The NodePort of the Service gateway, None where there is none."""
        service = self.snapshot().get("Service", GATEWAY)
        ports = ((service or {}).get("spec") or {}).get("ports") or []
        chosen = sorted(ports, key=lambda port: port.get("port") != GATEWAY_PORT)
        number = chosen[0].get("nodePort") if chosen else None
        return number if isinstance(number, int) else None

    async def page(self, path: str, *, method: str = "GET", form: Mapping[str, str] | None = None) -> Reply:
        """One request to the gateway itself, without a login of our own.

        Through the NodePort; where none of its addresses can be reached, through the service proxy.
        """
        body = urlencode(form).encode() if form is not None else b""
        tried = await self._through_node_port(method, path, body)
        if tried is not None:
            return tried
        return await self._through_proxy(GATEWAY, GATEWAY_PORT, method, path, body)

    async def login(self) -> Reply:
        """POST the login form. The reply's `ok` says whether the session is open now."""
        self._forget_session()
        reply = await self.page("/perform_login", method="POST", form={"username": USER, "password": USER})
        failed = reply.error or reply.status is None or reply.status >= 400
        bounced = reply.status in (302, 303) and "error" in reply.headers.get("location", "")
        self.logged_in = not failed and not bounced
        return reply

    async def get(self, path: str) -> Reply:
        """A page behind the login; logs in first where the session is none or has ended.

        Where the NodePort cannot be reached, the Service behind the gateway's route is asked directly.
        """
        if not self._can_try_node_port():
            return await self._behind(path)
        reply = await self._through_node_port("GET", path, b"")
        if reply is None:
            return await self._behind(path)
        if not _wants_login(reply):
            return reply
        if (refused := await self._login_once(reply)) is not None:
            return refused
        again = await self._through_node_port("GET", path, b"")
        if again is None:
            return await self._behind(path)
        if _wants_login(again):
            return again.failed("login", "The gateway asks for a login again right after one.")
        return again

    async def _login_once(self, bounced: Reply) -> Reply | None:
        """Log in for a call that was sent to the login; the reason where it did not work.

        Calls that run side by side share one login: it is an entry in the activities of user.
        """
        async with self._logging_in:
            if self._logged_in_at > bounced.sent_at:
                return None
            login = await self.login()
            if self.logged_in:
                self._logged_in_at = self.clock.now()
                return None
            return login.failed("login", f"The login did not work: {login.describe()}")

    async def _behind(self, path: str) -> Reply:
        for prefix, (service, port) in SERVICES.items():
            if path.startswith(prefix):
                return await self._through_proxy(service, port, "GET", path, b"")
        return await self._through_proxy(GATEWAY, GATEWAY_PORT, "GET", path, b"")

    async def crash(self) -> Crashed:
        """Press Crash and see which pod it hit."""
        return await crash(self)

    # The NodePort.

    def _can_try_node_port(self) -> bool:
        if self.node_port() is None:
            self.remark = "The Service gateway has no NodePort, so the calls go through the API server's service proxy."
            return False
        return self.clock.now() >= self._avoid_until

    async def _through_node_port(self, method: str, path: str, body: bytes) -> Reply | None:
        """None where the NodePort could not be reached on any address and never could before."""
        if not self._can_try_node_port():
            return None
        port = self.node_port()
        bases = [f"http://{_host(address)}:{port}" for address in await self._node_addresses()]
        if self._base in bases:
            # It answered before: a failure now is the application's, not the way's.
            return await self._send(self._base, method, path, body)
        for base in bases:
            reply = await self._send(base, method, path, body)
            if reply.error not in ("refused", "timeout", "unreachable"):
                self._base, self.remark = base, ""
                return reply
        self._base = ""
        self._avoid_until = self.clock.now() + NODE_PORT_AGAIN
        self.remark = (
            f"The NodePort {port} does not answer from this machine, so the calls go through the API server's service"
            " proxy."
        )
        return None

    async def _node_addresses(self) -> list[str]:
        if not self._addresses or self.clock.now() - self._addresses_at > ADDRESSES_AGAIN:
            try:
                self._addresses = await self.cluster.node_addresses()
                self._addresses_at = self.clock.now()
            except Unreachable:
                # The old ones are as good as any while the API server is away.
                self._addresses = self._addresses or ["127.0.0.1"]
        return self._addresses

    async def _send(self, base: str, method: str, path: str, body: bytes) -> Reply:
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=self.transport,
                timeout=httpx.Timeout(ANSWER_TIME, connect=CONNECT_TIME),
                follow_redirects=False,
                # A proxy of the learner's environment cannot reach a node of this machine.
                trust_env=False,
            )
        began = self.clock.now()
        url = base + path
        try:
            response = await self._client.request(method, url, content=body or None, headers=FORM if body else {})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return from_failure(error, url, began, self.clock.now() - began)
        return from_response(response, url, began, self.clock.now() - began)

    # The service proxy.

    async def _through_proxy(self, service: str, port: int, method: str, path: str, body: bytes) -> Reply:
        began = self.clock.now()
        url = f"services/{service}:{port}/proxy{path}"
        headers: dict[str, str] = dict(FORM) if body else {}
        if service == GATEWAY and self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            answer = await self.cluster.proxy(service, port, path, method=method, body=body, headers=headers)
        except Unreachable as error:
            return Reply("service-proxy", url, error="cluster-away", detail=str(error))
        except ClusterError as error:
            return Reply("service-proxy", url, error="refused-by-api-server", detail=str(error))
        if service == GATEWAY:
            self._cookies.update(_cookies(answer.headers.get("set-cookie", "")))
        return from_answer(answer.status, answer.body, answer.headers, url, began, self.clock.now() - began)

    def _forget_session(self) -> None:
        self.logged_in = False
        self._cookies.clear()
        if self._client is not None:
            self._client.cookies.clear()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _wants_login(reply: Reply) -> bool:
    return reply.status == 401 or (reply.status in (302, 303) and "login" in reply.headers.get("location", ""))


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _cookies(header: str) -> dict[str, str]:
    """Names and values of Set-Cookie headers, a cookie a line."""
    found: dict[str, Any] = {}
    for line in header.splitlines():
        name, equals, value = line.split(";", 1)[0].partition("=")
        if equals:
            found[name.strip()] = value.strip()
    return found
