"""Log lines in the layout of a Spring Boot application, on standard output."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

_started = time.monotonic()


def line(level: str, logger: str, message: str, *, thread: str = "main") -> None:
    """One line, e.g. `2026-01-02 03:04:05.678  INFO 1 --- [main] o.s.b.w.e.t.TomcatWebServer : …`."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    print(f"{now} {level:>5} 1 --- [{thread[-15:]:>15}] {logger:<40} : {message}")
    sys.stdout.flush()


def info(logger: str, message: str, *, thread: str = "main") -> None:
    line("INFO", logger, message, thread=thread)


def warn(logger: str, message: str, *, thread: str = "main") -> None:
    line("WARN", logger, message, thread=thread)


def error(logger: str, message: str, *, thread: str = "main") -> None:
    line("ERROR", logger, message, thread=thread)


def uptime() -> float:
    """Seconds since this module was loaded: the JVM's uptime in the line that says the application has started."""
    return time.monotonic() - _started
