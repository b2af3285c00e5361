"""The share of a core and the memory that a process takes."""

from __future__ import annotations

import time

import psutil


class Load:
    """A process's share of a core and its memory between two looks."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.again()

    def again(self) -> None:
        times = self._process.cpu_times()
        self._cpu, self._at = times.user + times.system, time.monotonic()

    def share(self) -> float:
        times = self._process.cpu_times()
        return (times.user + times.system - self._cpu) / (time.monotonic() - self._at)

    def megabytes(self) -> float:
        return float(self._process.memory_info().rss) / 1e6
