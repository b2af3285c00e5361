"""Requests to the application for checks, answered as values with their reasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from tutor.cluster.app import USER, Application
from tutor.cluster.replies import Reply
from tutor.cluster.way import is_gateway
from tutor.core.observation import Reached
from tutor.kube.times import Clock

ACTIVITY_PATH = "/user/internal/activity"
ARTICLES_PATH = "/mono/internal/articles"
PATIENCE = 3.0
"""Seconds that a new NodePort may take to open."""


@dataclass(frozen=True, slots=True)
class Reacher:
    """Tries the application as a browser would.

    "gateway-page": the gateway answers at all. "login": a login works and user has it on record. "articles": the
    monolith's articles come through the gateway. A path ("/stats/internal/orders"): that page answers after a login.
    """

    application: Application
    clock: Clock

    async def __call__(self, what: str) -> Reached:
        session = self.application.another()
        try:
            if what == "gateway-page":
                return await self._page(what, session)
            if what == "login":
                return await self._login(what, session)
            return await self._path(what, self.application, ARTICLES_PATH if what == "articles" else what)
        finally:
            await session.leave()

    async def _page(self, what: str, session: Application) -> Reached:
        if session.node_port() is None:
            return Reached(what, False, "nodeport", error="no-node-port", detail="The Service gateway has no NodePort.")
        # A NodePort opens a moment after its Service is there.
        await session.find_way(patience=PATIENCE)
        reply = await session.page("/login")
        reached = _reached(what, reply, is_gateway(reply))
        return replace(reached, error="occupied", detail=session.remark) if session.way.occupied else reached

    async def _login(self, what: str, session: Application) -> Reached:
        before = await self.application.get(ACTIVITY_PATH)
        if (refused := _no_activities(what, before)) is not None:
            return refused
        reply = await session.login()
        if not session.logged_in:
            return _reached(what, reply, False, reply.error or "login")
        after = await session.get(ACTIVITY_PATH)
        if (refused := _no_activities(what, after)) is not None:
            return refused
        if Counter(_logins(after)) - Counter(_logins(before)):
            return _reached(what, after, True)
        return Reached(what, False, after.via, after.url, after.status, "not-recorded", f"no new LOGIN of {USER}")

    async def _path(self, what: str, session: Application, path: str) -> Reached:
        reply = await session.get(path)
        return _reached(what, reply, not reply.error and reply.status == 200)


def _no_activities(what: str, reply: Reply) -> Reached | None:
    """Why the list of activities could not be had."""
    if reply.error or reply.status != 200 or not isinstance(reply.json(), list):
        return _reached(what, reply, False, reply.error or "no-activity")
    return None


def _logins(reply: Reply) -> list[str]:
    """When our user logged in, as user has it on record."""
    return [
        str(entry.get("activityDate"))
        for entry in reply.json()
        if isinstance(entry, dict) and entry.get("username") == USER and entry.get("activityType") == "LOGIN"
    ]


def _reached(what: str, reply: Reply, ok: bool, error: str = "") -> Reached:
    kind = error or reply.error or ("" if ok else f"http-{reply.status}")
    unknown = kind in ("cluster-away", "refused-by-api-server")
    return Reached(what, ok, reply.via, reply.url, reply.status, kind, reply.detail, unknown)
