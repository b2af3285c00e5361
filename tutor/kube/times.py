"""Times as Kubernetes writes them, kubectl's AGE text, and the clock that everything takes its time from."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Injected wherever time matters, so that tests need not wait."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        # Most who need the time never wait, and pure functions need no event loop.
        import asyncio

        await asyncio.sleep(max(0.0, seconds))


def parse_time(text: str) -> datetime:
    """An RFC 3339 time, with or without a fraction of a second. Aware, in UTC. Raises: `ValueError`."""
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return parsed.astimezone(UTC)


def unix(text: str) -> float:
    """An RFC 3339 time as Unix seconds. Raises: `ValueError`."""
    return parse_time(text).timestamp()


def format_time(moment: datetime) -> str:
    """metav1.Time: whole seconds, "2026-01-02T03:04:05Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_unix(seconds: float) -> str:
    return format_time(datetime.fromtimestamp(seconds, UTC))


def human_duration(seconds: float) -> str:
    """kubectl's AGE: "45s", "2m5s", "34m", "5h20m", "47h", "3d4h", "40d", "2y30d", "5y".

    Source: k8s.io/apimachinery/pkg/util/duration, HumanDuration.
    """
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    if whole < 120:
        return f"{whole}s"
    minutes = whole // 60
    if minutes < 10:
        return f"{minutes}m{_rest(whole % 60, 's')}"
    if minutes < 180:
        return f"{minutes}m"
    hours = whole // 3600
    if hours < 8:
        return f"{hours}h{_rest(minutes % 60, 'm')}"
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if hours < 192:
        return f"{days}d{_rest(hours % 24, 'h')}"
    if days < 365 * 2:
        return f"{days}d"
    years = days // 365
    return f"{years}y{_rest(days % 365, 'd')}" if days < 365 * 8 else f"{years}y"


def _rest(value: int, unit: str) -> str:
    return f"{value}{unit}" if value else ""
