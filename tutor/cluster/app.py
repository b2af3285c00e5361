"""The marketplace as the learner's browser reaches it: the gateway's NodePort with its login; where that cannot be
reached, the API server's service proxy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx

from tutor.cluster.api import Cluster
from tutor.cluster.browser import FORM, Browser
from tutor.cluster.crash import CRASH_PATH, Crashed, crash
from tutor.cluster.errors import ClusterError, Unreachable
from tutor.cluster.replies import Reply, from_answer
from tutor.cluster.way import GATEWAY, GATEWAY_PORT, NO_WAY, Way
from tutor.core.snapshot import ClusterSnapshot
from tutor.kube.times import Clock

USER = "nico"
"""An account of the exercise; its password is its name."""
SERVICES: Mapping[str, tuple[str, int]] = {
    "/user/": ("user", 9001),
    "/mono/": ("monolith", 8090),
    "/stats/": ("stats", 9002),
    "/stock/": ("stock", 9003),
}
"""The gateway's routes: what the service proxy is asked for instead."""


@dataclass(slots=True)
class Application:
    """One browser session. `snapshot` gives the cluster as last seen; `transport` replaces the network in tests."""

    cluster: Cluster
    snapshot: Callable[[], ClusterSnapshot]
    clock: Clock
    transport: httpx.AsyncBaseTransport | None = None
    way: Way = field(init=False)
    """Shared by the sessions of one cluster."""
    logged_in: bool = False
    _browser: Browser = field(init=False)
    _cookies: dict[str, str] = field(default_factory=dict)
    """Of the session through the service proxy."""
    _logging_in: asyncio.Lock = field(default_factory=asyncio.Lock)
    _logged_in_at: float = float("-inf")

    def __post_init__(self) -> None:
        self.way = Way(self.cluster, self.snapshot, self.clock, Browser(self.clock, self.transport))
        self._browser = Browser(self.clock, self.transport)

    def another(self) -> Application:
        """A session beside this one, as a second browser: its login does not end ours. To be left with `leave`."""
        session = Application(self.cluster, self.snapshot, self.clock, self.transport)
        session.way = self.way
        return session

    @property
    def url(self) -> str:
        """The gateway's URL on this machine, as far as known; empty without one."""
        return self.way.base

    @property
    def remark(self) -> str:
        """Why requests go through the service proxy at the moment; empty while the NodePort answers."""
        return self.way.remark

    def node_port(self) -> int | None:
        return self.way.node_port()

    async def find_way(self, *, patience: float = 0.0) -> str:
        """The gateway's URL on this machine, or "" where the service proxy has to do."""
        return await self.way.find(patience=patience)

    async def page(self, path: str, *, method: str = "GET", form: Mapping[str, str] | None = None) -> Reply:
        """One request to the gateway itself, without a login of our own.

        Through the NodePort; where none of its addresses can be reached, through the service proxy.
        """
        body = urlencode(form).encode() if form is not None else b""
        base = await self.find_way()
        if base:
            return await self._browser.send(base, method, path, body)
        return await self._through_proxy(GATEWAY, GATEWAY_PORT, method, path, body)

    async def login(self) -> Reply:
        """POST the login form. `logged_in` says whether the session is open now."""
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
        base = await self.find_way()
        if not base:
            return await self._behind(path)
        reply = await self._get(base, path)
        if not _wants_login(reply):
            return reply
        if (refused := await self._login_once(reply)) is not None:
            return refused
        again = await self._get(base, path)
        if _wants_login(again):
            return again.failed("login", "The gateway asks for a login again right after one.")
        return again

    async def _get(self, base: str, path: str) -> Reply:
        reply = await self._browser.send(base, "GET", path, b"")
        if reply.error == "reset" and path != CRASH_PATH:
            # A kept connection that the other side had closed: a browser asks once more, too.
            reply = await self._browser.send(base, "GET", path, b"")
        self.way.note(reply)
        return reply

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
            error = login.error if login.error in (*NO_WAY, "cluster-away", "refused-by-api-server") else "login"
            return login.failed(error, f"The login did not work: {login.describe()}")

    async def _behind(self, path: str) -> Reply:
        for prefix, (service, port) in SERVICES.items():
            if path.startswith(prefix):
                return await self._through_proxy(service, port, "GET", path, b"")
        return await self._through_proxy(GATEWAY, GATEWAY_PORT, "GET", path, b"")

    async def crash(self) -> Crashed:
        """Press Crash and see which pod it hit."""
        return await crash(self)

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
        self._browser.forget()

    async def leave(self) -> None:
        """End this session; others of the same cluster go on."""
        await self._browser.close()

    async def close(self) -> None:
        await self._browser.close()
        await self.way.close()


def _wants_login(reply: Reply) -> bool:
    return reply.status == 401 or (reply.status in (302, 303) and "login" in reply.headers.get("location", ""))


def _cookies(header: str) -> dict[str, str]:
    """Names and values of Set-Cookie headers, a cookie a line."""
    found: dict[str, str] = {}
    for line in header.splitlines():
        name, equals, value = line.split(";", 1)[0].partition("=")
        if equals:
            found[name.strip()] = value.strip()
    return found
