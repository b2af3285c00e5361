"""What the commands of the tutor ask the daemon beside the Kubernetes API: how it is, and to stop.

GET /practice/status   {"boot_id", "version", "pid", "pods", "processes", "problems": [...]}
POST /practice/stop    the same; then it ends
The same token as the API's is needed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tutor.practice.api.authentication import authorized
from tutor.practice.life.client import STATUS_PATH, STOP_PATH

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def middleware(token: str, status: Callable[[], dict[str, Any]], stop: Callable[[], None]) -> Any:
    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        wanted = {STATUS_PATH: "GET", STOP_PATH: "POST"}.get(request.path)
        if wanted is None:
            return await handler(request)
        if not authorized(request, token):
            return web.json_response({"message": "Unauthorized"}, status=401)
        if request.method != wanted:
            return web.json_response({"message": f"only {wanted}"}, status=405)
        document = status()
        if request.path == STOP_PATH:
            stop()
        return web.json_response(document)

    return answer
