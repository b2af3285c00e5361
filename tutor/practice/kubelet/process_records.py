"""The processes that this node started, on disk: the next start ends those that a killed daemon left behind.

They end by themselves when the daemon dies (`standins/lifeline.py`); this is for the one that could not.
"""

from __future__ import annotations

import json
from pathlib import Path

import psutil

from tutor.practice.kubelet import process_os

_CLOCK_TOLERANCE_SECONDS = 1.0
_MARK = "standins"


class ProcessRecords:
    """One small file a process, named by its pid."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, pid: int, name: str) -> None:
        """`name` is for people: namespace/pod/container."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            created = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return
        document = {"pid": pid, "created": created, "name": name}
        (self._folder / f"{pid}.json").write_text(json.dumps(document), encoding="utf-8")

    def remove(self, pid: int) -> None:
        (self._folder / f"{pid}.json").unlink(missing_ok=True)

    def sweep(self) -> list[str]:
        """End what is still there and still ours (same pid, same start, same program); the names of those ended."""
        ended: list[str] = []
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []:
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
                process = psutil.Process(int(document["pid"]))
                same_start = abs(process.create_time() - float(document["created"])) < _CLOCK_TOLERANCE_SECONDS
                if same_start and any(_MARK in word for word in process.cmdline()):
                    process_os.kill(process.pid)
                    ended.append(str(document["name"]))
            except (psutil.NoSuchProcess, psutil.AccessDenied, ValueError, KeyError, TypeError):
                # Gone, another's by now, or a record cut off by a crash: nothing of ours runs there.
                pass
            path.unlink(missing_ok=True)
        return ended
