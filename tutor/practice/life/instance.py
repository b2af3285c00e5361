"""The record of the daemon that runs, and whether that process is really it.

The record may be of a daemon that was killed, and its pid may be another program's by now; so a record counts only if
the process of that pid began when the record says.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tutor.practice.life.folder import write_private

# How exactly the system and psutil tell when a process began.
_TOLERANCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Instance:
    pid: int
    began: float
    """When the process began, in Unix seconds, as the system tells it."""
    boot_id: str
    """Random, new with each start: the node's boot id too."""
    port: int

    def write(self, path: Path) -> None:
        """Raises: `FolderUnusable`."""
        write_private(path, json.dumps(asdict(self)).encode() + b"\n")

    def lives(self) -> bool:
        """Whether that very process still runs."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began) < _TOLERANCE_SECONDS
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            # Another user's process: it cannot be ours.
            return False


def read(path: Path) -> Instance | None:
    """None where there is no record, or none that can be read."""
    try:
        document = json.loads(path.read_bytes())
        return Instance(int(document["pid"]), float(document["began"]), str(document["boot_id"]), int(document["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def of_this_process(boot_id: str, port: int) -> Instance:
    import psutil

    process = psutil.Process()
    return Instance(process.pid, process.create_time(), boot_id, port)
