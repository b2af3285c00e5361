"""Requests to the application for checks, answered as values with their reasons."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.cluster.app import USER, Application
from tutor.cluster.replies import Reply
from tutor.core.observation import Reached
from tutor.kube.times import Clock

ACTIVITY_PATH = "/user/internal/activity"
ARTICLES_PATH = "/mono/internal/articles"


@dataclass(frozen=True, slots=True)
class Reacher:
    """Tries the application as a browser would.

    "gateway-page": the gateway answers at all. "login": a login works and user has it on record. "articles": the
    monolith's articles come through the gateway. A path ("/stats/internal/orders"): that page answers after a login.
    """

    application: Application
    clock: Clock

    async def __call__(self, what: str) -> Reached:
        if what == "gateway-page":
            return await self._page(what)
        if what == "login":
            return await self._login(what)
        return await self._path(what, ARTICLES_PATH if what == "articles" else what)

    async def _page(self, what: str) -> Reached:
        if self.application.node_port() is None:
            return Reached(what, False, "nodeport", error="no-node-port", detail="The Service gateway has no NodePort.")
        reply = await self.application.page("/login")
        ok = reply.answered and not reply.error and (reply.status or 500) < 500
        return _reached(what, reply, ok)

    async def _login(self, what: str) -> Reached:
        reply = await self.application.login()
        if not self.application.logged_in:
            return _reached(what, reply, False, reply.error or "login")
        activity = await self.application.get(ACTIVITY_PATH)
        entries = activity.json()
        if activity.error or activity.status != 200 or not isinstance(entries, list):
            return _reached(what, activity, False, activity.error or "no-activity")
        recorded = any(
            isinstance(entry, dict) and entry.get("username") == USER and entry.get("activityType") == "LOGIN"
            for entry in entries
        )
        if recorded:
            return _reached(what, activity, True)
        return Reached(what, False, activity.via, activity.url, activity.status, "not-recorded", f"no LOGIN of {USER}")

    async def _path(self, what: str, path: str) -> Reached:
        reply = await self.application.get(path)
        return _reached(what, reply, not reply.error and reply.status == 200)


def _reached(what: str, reply: Reply, ok: bool, error: str = "") -> Reached:
    kind = error or reply.error or ("" if ok else f"http-{reply.status}")
    unknown = kind in ("cluster-away", "refused-by-api-server")
    return Reached(what, ok, reply.via, reply.url, reply.status, kind, reply.detail, unknown)
