"""The gateway: login, session, and the routes to the other services by their Service names."""

from __future__ import annotations

import asyncio
import html
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from tutor.practice.standins import pages, spring_log
from tutor.practice.standins.application import Application, spring_time
from tutor.practice.standins.http_server import (
    Request,
    Response,
    Routes,
    error_response,
    html_response,
    json_response,
    redirect,
)
from tutor.practice.standins.outgoing import Answer, NameNotResolved

PORT = 8080
# Path prefix → Service name and port.
UPSTREAMS = {"mono": ("monolith", 8090), "user": ("user", 9001), "stats": ("stats", 9002), "stock": ("stock", 9003)}
# Password = name.
ACCOUNTS = {"nico": "USER", "eric": "USER", "beni": "USER", "admin": "ADMIN", "user": "USER"}
_COOKIE = "JSESSIONID"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "content-length"}
_MOST_SESSIONS = 10_000
_LOGIN_LOGGER = "c.h.gateway.security.LoginListener"
_ROUTE_LOGGER = "o.s.c.n.z.filters.post.SendErrorFilter"


@dataclass(slots=True)
class Gateway:
    application: Application
    sessions: dict[str, str] = field(default_factory=dict)
    """Session id → account. In memory: a restart logs everybody out, as in the image."""

    def routes(self) -> Routes:
        routes = Routes()
        routes.add("GET", "/login", self.login_page)
        routes.add("POST", "/perform_login", self.login)
        routes.add("POST", "/perform_logout", self.logout)
        routes.add("GET", "/", self.home)
        routes.add("*", "/{upstream}/**", self.route)
        return routes

    def account(self, request: Request) -> str:
        return self.sessions.get(request.cookie(_COOKIE), "")

    async def home(self, _request: Request) -> Response:
        return redirect("/mono/articles")

    async def login_page(self, request: Request) -> Response:
        return self._login_page("", 200)

    def _login_page(self, message: str, status: int) -> Response:
        shown = f'<p class="alert" role="alert">{html.escape(message)}</p>' if message else ""
        return html_response(pages.page("login.html", title="HOMicS: log in", message=shown), status)

    async def login(self, request: Request) -> Response:
        form = request.form()
        name = form.get("username", "")
        if name not in ACCOUNTS or form.get("password") != name:
            spring_log.warn(_LOGIN_LOGGER, "Login refused: bad credentials", thread="http-nio-8080-exec-1")
            if request.wants_html:
                return self._login_page("Unknown name or wrong password. The password is the name.", 401)
            return error_response(401, request.path, "Bad credentials")
        problem = await self._record(name, "LOGIN")
        if problem:
            if request.wants_html:
                return self._login_page(
                    f"The user service did not answer, so nobody can log in: {problem}. Is it running and ready?", 500
                )
            return error_response(500, request.path, problem)
        session = secrets.token_hex(16).upper()
        while len(self.sessions) >= _MOST_SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        self.sessions[session] = name
        spring_log.info(_LOGIN_LOGGER, f"{name} logged in", thread="http-nio-8080-exec-1")
        cookie = ("Set-Cookie", f"{_COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax")
        if request.wants_html:
            return redirect("/", cookie)
        answer = json_response({"username": name, "role": ACCOUNTS[name]})
        return Response(200, answer.body, answer.content_type, (cookie,))

    async def logout(self, request: Request) -> Response:
        name = self.sessions.pop(request.cookie(_COOKIE), "")
        if name:
            # The session is gone either way; a user service that is down does not keep anybody in.
            await self._record(name, "LOGOUT")
        cookie = ("Set-Cookie", f"{_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
        if request.wants_html:
            return redirect("/login", cookie)
        return Response(200, headers=(cookie,))

    async def _record(self, name: str, activity: Literal["LOGIN", "LOGOUT"]) -> str:
        """Tell the user service; the problem's text where it did not take it."""
        document = {"username": name, "activityType": activity, "activityDate": spring_time(datetime.now(UTC))}
        host, port = UPSTREAMS["user"]
        try:
            answer = await self.application.outgoing.request(
                "POST",
                host,
                port,
                "/user/api/activity",
                headers={"Content-Type": "application/json"},
                body=json.dumps(document).encode(),
            )
        except (OSError, TimeoutError) as error:
            problem = _problem(error, host, port)
        else:
            problem = "" if answer.status < 300 else f"user answered {answer.status}"
        if problem:
            spring_log.error(_LOGIN_LOGGER, f"{activity} of {name} was not recorded: {problem}")
        return problem

    async def route(self, request: Request) -> Response:
        if not self.account(request):
            return redirect("/login") if request.wants_html else error_response(401, request.path)
        upstream = UPSTREAMS.get(request.values["upstream"])
        if upstream is None:
            return error_response(404, request.path)
        host, port = upstream
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
        headers["x-forwarded-host"] = request.headers.get("host", "")
        headers["x-forwarded-prefix"] = "/" + request.values["upstream"]
        try:
            answer = await self.application.outgoing.request(
                request.method, host, port, request.target, headers=headers, body=request.body
            )
        except (OSError, TimeoutError) as error:
            problem = _problem(error, host, port)
            spring_log.warn(_ROUTE_LOGGER, f"Error during filtering: {problem}", thread="http-nio-8080-exec-2")
            if request.wants_html:
                parts = {"service": html.escape(host), "problem": html.escape(problem)}
                return html_response(pages.page("unreachable.html", title="500: no answer", **parts), 500)
            return error_response(500, request.path, problem)
        return _pass_on(answer)


def _pass_on(answer: Answer) -> Response:
    kept = tuple(
        (name.title(), value)
        for name, value in answer.headers.items()
        if name not in _HOP_BY_HOP and name != "content-type"
    )
    return Response(answer.status, answer.body, answer.headers.get("content-type", "text/plain"), kept)


def _problem(error: BaseException, host: str, port: int) -> str:
    """As the Java client says it."""
    if isinstance(error, NameNotResolved):
        return f"java.net.UnknownHostException: {host}"
    if isinstance(error, ConnectionRefusedError):
        return f"Connect to {host}:{port} failed: Connection refused"
    if isinstance(error, TimeoutError):
        return f"Connect to {host}:{port} failed: Read timed out"
    return f"{host}:{port} failed to respond"


async def run(application: Application) -> None:
    application.announce()
    await application.slow_start(2.0)
    await asyncio.gather(application.serve_http(PORT, Gateway(application).routes().answer))
