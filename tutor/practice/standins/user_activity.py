"""user-activity: who logged in and out, the version that answers, and the way to crash it.

Needs homics-db at start, as the application's data source does: without it the process ends with code 1.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from tutor.practice.standins import json_lines, pages, spring_log
from tutor.practice.standins.application import Application, spring_time
from tutor.practice.standins.http_server import (
    BadBody,
    Request,
    Response,
    Routes,
    error_response,
    html_response,
    json_response,
    redirect,
)

PORT = 9001
DATABASE = ("homics-db", 1521)
_URL = "jdbc:h2:tcp://homics-db:1521/useractivitydb"
_TABLE = "USER_ACTIVITY"
_ATTEMPTS = 3
_LONGEST_BURN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class UserActivity:
    application: Application

    def routes(self) -> Routes:
        routes = Routes()
        routes.add("GET", "/user/internal/version", self.version)
        routes.add("GET", "/user/internal/activity", self.activities)
        routes.add("POST", "/user/api/activity", self.add_activity)
        routes.add("GET", "/user/crash", self.crash)
        routes.add("GET", "/user/userActivity", self.activity_page)
        routes.add("GET", "/user/versions", self.version_page)
        routes.add("GET", "/user", self.home)
        routes.add("GET", "/user/", self.home)
        if self.application.configuration.env.get("CPU_LOAD_ROUTE") == "true":
            routes.add("GET", "/user/internal/load", self.load)
        return routes

    async def home(self, _request: Request) -> Response:
        return redirect("/user/userActivity")

    async def version(self, _request: Request) -> Response:
        return json_response(
            {
                "name": self.application.version,
                "createdDate": spring_time(self.application.started_at),
                "sendDate": spring_time(datetime.now(UTC)),
            }
        )

    async def activities(self, request: Request) -> Response:
        try:
            answer = await json_lines.ask(self.application.outgoing, *DATABASE, {"select": _TABLE})
        except (OSError, TimeoutError) as error:
            return self._database_away(request, error)
        return json_response(answer["rows"])

    async def add_activity(self, request: Request) -> Response:
        document = request.json()
        if not isinstance(document, dict):
            raise BadBody("an object with username, activityType and activityDate is needed")
        row = {key: document.get(key) for key in ("username", "activityType", "activityDate")}
        try:
            await json_lines.ask(self.application.outgoing, *DATABASE, {"insert": _TABLE, "row": row})
        except (OSError, TimeoutError) as error:
            return self._database_away(request, error)
        spring_log.info(
            "c.h.user.controller.ActivityController",
            f"{row['activityType']} of {row['username']}",
            thread="http-nio-9001-exec-1",
        )
        return Response(200)

    def _database_away(self, request: Request, error: BaseException) -> Response:
        text = f"Could not open JDBC connection to {_URL}: {error or 'timed out'}"
        spring_log.error("o.h.engine.jdbc.spi.SqlExceptionHelper", text, thread="http-nio-9001-exec-1")
        return error_response(500, request.path, text)

    async def crash(self, _request: Request) -> Response:
        """The process ends with code 0 and no answer, as System.exit(0) in the application does."""
        spring_log.error("c.h.user.controller.CrashController", "it's a crash!!", thread="http-nio-9001-exec-1")
        os._exit(0)

    async def activity_page(self, _request: Request) -> Response:
        return html_response(pages.page("user_activity.html", title="User activity"))

    async def version_page(self, _request: Request) -> Response:
        return html_response(pages.page("versions.html", title="Versions of user"))

    async def load(self, request: Request) -> Response:
        """`?ms=200`: use the CPU that long (CPU_LOAD_ROUTE=true in the container's env; for the autoscaling step)."""
        try:
            seconds = float(request.query.get("ms", ["200"])[0]) / 1000
        except ValueError as error:
            raise BadBody("ms is a number of milliseconds") from error
        until = time.process_time() + min(seconds, _LONGEST_BURN_SECONDS)
        while time.process_time() < until:
            sum(range(2000))
            # Other requests, the probes among them, get their turn.
            await asyncio.sleep(0)
        return json_response({"burnt": seconds})


async def run(application: Application) -> None:
    application.announce()
    await _need_database(application)
    await application.slow_start(6.0)
    await application.serve_http(PORT, UserActivity(application).routes().answer)


async def _need_database(application: Application) -> None:
    """Returns once homics-db takes a connection; ends the process with code 1 after three tries, a second each."""
    for _attempt in range(_ATTEMPTS):
        try:
            _reader, writer = await application.outgoing.connect(*DATABASE)
        except (OSError, TimeoutError) as error:
            spring_log.warn("com.zaxxer.hikari.pool.HikariPool", f"Cannot connect to {_URL}: {error or 'timed out'}")
            await asyncio.sleep(1.0)
        else:
            writer.close()
            spring_log.info("com.zaxxer.hikari.HikariDataSource", "HikariPool-1 - Start completed.")
            return
    spring_log.error("o.s.boot.SpringApplication", f"Application run failed: the database is unreachable: {_URL}")
    sys.exit(1)
