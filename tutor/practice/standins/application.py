"""What the applications have in common: their slow start, the ports they listen on, the end on SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tutor.practice.standins import go_duration, spring_log
from tutor.practice.standins.configuration import Configuration
from tutor.practice.standins.http_server import Handler, serve_connection
from tutor.practice.standins.outgoing import Outgoing

SIGTERM_EXIT_CODE = 143
OnConnection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Application:
    """One running application: its name and version are those of the image."""

    name: str
    version: str
    configuration: Configuration
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def outgoing(self) -> Outgoing:
        return Outgoing(self.configuration)

    @property
    def main_class(self) -> str:
        return "com.homics." + self.name.replace("-", "") + ".Application"

    def start_delay(self, seconds: float) -> float:
        """Seconds until the application listens: START_DELAY (a Go duration) wins over the usual delay."""
        text = self.configuration.env.get("START_DELAY", "")
        try:
            return max(0.0, go_duration.parse(text))
        except ValueError:
            return seconds

    def announce(self) -> None:
        spring_log.info(
            self.main_class,
            f"Starting Application v{self.version} on {self.configuration.hostname} with PID 1 "
            "(/app.jar started by root in /)",
        )

    async def slow_start(self, seconds: float) -> None:
        """Take as long as the Spring application does before it listens."""
        await asyncio.sleep(self.start_delay(seconds))

    async def serve_http(self, port: int, answer: Handler) -> None:
        """Listen, say so as Tomcat does, and answer for ever."""

        async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await serve_connection(answer, reader, writer)

        server = await self.listen(port, on_connection)
        spring_log.info(
            "o.s.b.w.embedded.tomcat.TomcatWebServer", f"Tomcat started on port(s): {port} (http) with context path ''"
        )
        spring_log.info(
            self.main_class,
            f"Started Application in {spring_log.uptime():.3f} seconds (JVM running for {spring_log.uptime():.3f})",
        )
        async with server:
            await server.serve_forever()

    async def listen(self, port: int, on_connection: OnConnection) -> asyncio.Server:
        """Listen on the pod's `port`. Ends the process with code 1 where another container of the pod has it."""
        given = self.configuration.listener(port)
        if given is not None and given.how == "in-use":
            spring_log.error(
                "o.s.b.d.LoggingFailureAnalysisReporter",
                f"Web server failed to start. Port {port} was already in use.",
            )
            sys.exit(1)
        if given is not None and given.how == "fd":
            inherited = socket.socket(fileno=given.value)
            inherited.setblocking(False)
            return await asyncio.start_server(on_connection, sock=inherited, backlog=128)
        local_port = port if given is None else given.value
        return await asyncio.start_server(on_connection, "127.0.0.1", local_port, backlog=128)


def end_on_sigterm() -> None:
    """Leave with 143 on SIGTERM, as a JVM does. Where the system has no signals (Windows) the process is just ended."""

    def end() -> None:
        spring_log.info(
            "o.s.s.c.ThreadPoolTaskExecutor",
            "Shutting down ExecutorService 'applicationTaskExecutor'",
            thread="Thread-3",
        )
        os._exit(SIGTERM_EXIT_CODE)

    if sys.platform == "win32":
        return
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)


def spring_time(moment: datetime) -> str:
    """`2026-01-02T03:04:05.678+0000`: how the applications write dates in JSON."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
