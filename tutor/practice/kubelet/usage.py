"""What the containers' processes use: CPU as a rate over the last samples, memory as resident bytes."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psutil

from tutor.kube.times import Clock

SAMPLE_SECONDS = 5.0
_SAMPLES = 4

Key = tuple[str, str]
"""(pod uid, container)."""


@dataclass(slots=True)
class _Series:
    pid: int
    process: psutil.Process
    points: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=_SAMPLES))
    """(Unix seconds, CPU seconds so far)."""
    memory: int = 0


class Usage:
    """Samples every five seconds; a rate covers up to fifteen."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._series: dict[Key, _Series] = {}

    async def run(self, processes: Callable[[], Mapping[Key, int]]) -> None:
        while True:
            self.sample(processes())
            await self._clock.sleep(SAMPLE_SECONDS)

    def sample(self, pids: Mapping[Key, int]) -> None:
        for key in [key for key, series in self._series.items() if pids.get(key) != series.pid]:
            del self._series[key]
        now = self._clock.now()
        for key, pid in pids.items():
            # A process that ended between two samples simply has no newer one.
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                series = self._series.get(key)
                if series is None:
                    series = self._series[key] = _Series(pid, psutil.Process(pid))
                with series.process.oneshot():
                    times = series.process.cpu_times()
                    series.points.append((now, times.user + times.system))
                    series.memory = series.process.memory_info().rss

    def cpu_milli(self, uid: str) -> dict[str, int]:
        result: dict[str, int] = {}
        for (owner, container), series in self._series.items():
            if owner == uid and len(series.points) > 1:
                (start, before), (end, after) = series.points[0], series.points[-1]
                if end > start:
                    result[container] = round((after - before) / (end - start) * 1000)
        return result

    def memory_bytes(self, uid: str) -> dict[str, int]:
        return {container: series.memory for (owner, container), series in self._series.items() if owner == uid}
