"""start, stop, status and reset of the daemon. Safe when several do it at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor import __version__
from tutor.practice.life import client, instance
from tutor.practice.life.errors import BadPort, NotAnswering, PracticeError, StartFailed
from tutor.practice.life.folder import ClusterFolder, unusable
from tutor.practice.life.instance import Instance

PORT_VARIABLE = "HOMICS_PORT"
DEFAULT_PORT = 26443
"""Below the ports that systems hand out by themselves, and no NodePort."""
_OTHERS_SECONDS = 30.0
_STOP_SECONDS = 10.0
_ENDING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that answers."""

    pid: int
    port: int
    boot_id: str
    kubeconfig: Path
    started_now: bool = False
    """By this very call."""
    note: str = ""
    """What the learner has to know of this start, e.g. that saved objects could not be read."""
    details: dict[str, Any] | None = None
    """What the daemon says of itself: see `tutor/practice/daemon/control_api.py`."""

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.port}"


def wanted_port() -> int:
    """HOMICS_PORT, else the usual one; 0 is any free one. Raises: `BadPort`."""
    text = os.environ.get(PORT_VARIABLE, "").strip()
    if not text:
        return DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise BadPort(
            f"{PORT_VARIABLE} is {text!r}, which is no port. Give a number from 1024 to 65535, or leave it unset for"
            f" {DEFAULT_PORT}."
        )
    if 30000 <= int(text) <= 32767:
        raise BadPort(
            f"{PORT_VARIABLE} is {text}, but the ports 30000 to 32767 are the Services' nodePorts."
            f" Choose another one, or leave it unset for {DEFAULT_PORT}."
        )
    return int(text)


def start(state_folder: Path, port: int | None = None) -> Running:
    """The running daemon; started where none runs. Returns when it serves. Raises: `PracticeError`."""
    folder = ClusterFolder(state_folder)
    chosen = wanted_port() if port is None else port
    folder.create()
    if (found := _answering(folder)) and _is_current(found):
        return found
    with _lock(folder):
        # Somebody else may have started it meanwhile.
        if (found := _answering(folder)) and _is_current(found):
            return found
        if found:
            # Of an earlier version of the tutor: its successor takes the objects over.
            _stop(folder)
        _wait_for_end(folder)
        from tutor.practice.life import spawn

        spawn.reap()
        begun, note = spawn.daemon(folder, chosen)
        return Running(begun.pid, begun.port, begun.boot_id, folder.kubeconfig, started_now=True, note=note)


def _is_current(running: Running) -> bool:
    return (running.details or {}).get("version") == __version__


def _wait_for_end(folder: ClusterFolder) -> None:
    """A daemon that runs and does not answer may just be ending. Raises: `NotAnswering` where it is not."""
    until = time.monotonic() + _ENDING_SECONDS
    while (record := instance.read(folder.instance)) is not None and record.lives():
        if time.monotonic() > until:
            raise NotAnswering(record.pid)
        time.sleep(0.02)


def status(state_folder: Path) -> Running | None:
    """None where none runs. Raises: `NotAnswering`."""
    folder = ClusterFolder(state_folder)
    if found := _answering(folder):
        return found
    record = instance.read(folder.instance)
    if record is not None and record.lives():
        raise NotAnswering(record.pid)
    return None


def stop(state_folder: Path) -> bool:
    """End the daemon and all its containers; True where one ran. The objects are kept. Raises: `PracticeError`."""
    folder = ClusterFolder(state_folder)
    if not folder.path.is_dir():
        return False
    with _lock(folder):
        return _stop(folder)


def reset(state_folder: Path) -> None:
    """End the daemon and forget every object, log and certificate. Raises: `PracticeError`."""
    folder = ClusterFolder(state_folder)
    if not folder.path.is_dir():
        return
    with _lock(folder):
        _stop(folder)
        for path in folder.path.iterdir():
            if path in (folder.starting_lock, folder.running_lock):
                continue
            try:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise PracticeError(
                    f"{path} cannot be removed ({error.strerror or error}). Remove it by hand and try again."
                ) from error


def _answering(folder: ClusterFolder) -> Running | None:
    record = instance.read(folder.instance)
    if record is None:
        return None
    details = client.ask(folder, record, "GET", client.STATUS_PATH)
    if details is None:
        return None
    return Running(record.pid, record.port, record.boot_id, folder.kubeconfig, details=details)


def _stop(folder: ClusterFolder) -> bool:
    record = instance.read(folder.instance)
    if record is None or not record.lives():
        return False
    if client.ask(folder, record, "POST", client.STOP_PATH) is None:
        _signal(record, "terminate")
    from tutor.practice.life import spawn

    until = time.monotonic() + _STOP_SECONDS
    while record.lives():
        spawn.reap()
        if time.monotonic() > until:
            # Its containers end by themselves with it.
            _signal(record, "kill")
            until = time.monotonic() + _STOP_SECONDS
        time.sleep(0.02)
    spawn.reap(record.pid)
    return True


def _signal(record: Instance, what: str) -> None:
    import psutil

    if record.lives():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(record.pid)
            process.terminate() if what == "terminate" else process.kill()


@contextlib.contextmanager
def _lock(folder: ClusterFolder) -> Iterator[None]:
    """One at a time starts, stops or resets."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder.starting_lock, mode=0o600)
    try:
        lock.acquire(timeout=_OTHERS_SECONDS)
    except Timeout:
        raise StartFailed(
            "Another program has been starting or stopping the practice cluster for half a minute."
            " Wait for it to end, or end it, and try again."
        ) from None
    except OSError as error:
        raise unusable(folder.path, error) from error
    try:
        yield
    finally:
        lock.release()
