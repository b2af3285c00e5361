"""Starts the daemon as a process of its own that outlives its starter, and waits for its first word.

The daemon writes one line of JSON to its standard output when it serves, or why it cannot, and then lets go of it.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from typing import Any

from tutor.practice.life.errors import FolderUnusable, PortBusy, StartFailed
from tutor.practice.life.folder import ClusterFolder, unusable
from tutor.practice.life.instance import Instance

START_SECONDS = 30.0
_REAP_SECONDS = 2.0
_begun: list[subprocess.Popen[bytes]] = []
"""The daemons that this process has started; they outlive it."""
_MODULE = "tutor.practice.daemon"


def daemon(folder: ClusterFolder, port: int) -> tuple[Instance, str]:
    """(the daemon, what the learner has to know). Raises: `PracticeError`."""
    attempt = _Attempt(folder, port)
    try:
        attempt.start()
        attempt.over.wait(START_SECONDS)
        first = attempt.first_line()
        if first is None:
            raise StartFailed(
                f"The practice cluster did not start within {START_SECONDS:.0f} s. Try again; what it did stands in"
                f" {folder.log}."
            )
        return _take(first, attempt.process, folder)
    except BaseException:
        # Also at Ctrl-C: nobody would know of a daemon that nobody waited for.
        attempt.give_up()
        raise


class _Attempt(threading.Thread):
    """Starts the process and reads its first line.

    In a thread of its own, because Ctrl-C reaches the main thread alone, and `Popen` that is interrupted loses the
    process that it has begun.
    """

    process: subprocess.Popen[bytes]

    def __init__(self, folder: ClusterFolder, port: int) -> None:
        super().__init__(name="start of the practice cluster")
        self._folder = folder
        self._port = port
        # Waited for instead of the thread's end: a `join` that Ctrl-C interrupts takes the thread for ended.
        self.over = threading.Event()
        self._given_up = False
        self._line: bytes | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self.process = self._begin()
            if self._given_up:
                # Before there was a process that `give_up` could have ended.
                self.process.kill()
            stream = self.process.stdout
            assert stream is not None, "a pipe was asked for"
            with stream:
                self._line = stream.readline()
        except Exception as error:  # For whoever waits: see `first_line`.
            self._error = error
        finally:
            self.over.set()

    def first_line(self) -> bytes | None:
        """b"" where the daemon ended without a word, None where it has said none yet. Raises: `PracticeError`."""
        if self._error is not None:
            raise self._error
        return self._line

    def give_up(self) -> None:
        """No process is left, whether it runs already or is just being started."""
        self._given_up = True
        if hasattr(self, "process"):
            self.process.kill()
        if self.ident is not None:
            self.over.wait()
        if hasattr(self, "process"):
            self.process.wait()

    def _begin(self) -> subprocess.Popen[bytes]:
        folder = self._folder
        try:
            output = os.open(folder.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise unusable(folder.path, error) from error
        try:
            return subprocess.Popen(
                [sys.executable, "-X", "utf8", "-m", _MODULE, str(folder.path), str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=output,
                cwd=folder.path,
                env=_environment(),
                **_detached(),
            )
        except OSError as error:
            why = error.strerror or error
            raise StartFailed(f"The practice cluster's process cannot be started ({why}).") from error
        finally:
            os.close(output)


def reap(ended: int = 0) -> None:
    """Let go of daemons of this process that have ended: until then the system keeps an entry for them.

    `ended` is the pid of one that has just ended, or is about to within moments.
    """
    for process in list(_begun):
        if process.pid == ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_REAP_SECONDS)
        if process.poll() is not None:
            _begun.remove(process)


@atexit.register
def _leave() -> None:
    """They go on by themselves; nobody must warn that they were never waited for."""
    for process in _begun:
        process.returncode = 0


def _take(line: bytes, process: subprocess.Popen[bytes], folder: ClusterFolder) -> tuple[Instance, str]:
    try:
        word: dict[str, Any] = json.loads(line)
    except ValueError:
        code = process.wait()
        raise StartFailed(
            f"The practice cluster ended while it started (exit code {code}). The reason stands in {folder.output}"
            f" and {folder.log}. If its objects cannot be read: homics-tutor cluster reset begins anew."
        ) from None
    if problem := word.get("problem"):
        process.wait()
        if problem == "port-busy":
            raise PortBusy(int(word["port"]))
        raise FolderUnusable(str(word["message"])) if problem == "folder" else StartFailed(str(word["message"]))
    _begun.append(process)
    begun = Instance(int(word["pid"]), float(word["began"]), str(word["boot_id"]), int(word["port"]))
    return begun, str(word.get("note", ""))


def _environment() -> dict[str, str]:
    """The starter's, without what would make Python read other modules or act otherwise."""
    dropped = ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONDEBUG", "PYTHONPROFILEIMPORTTIME", "PYTHONWARNINGS")
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    # The package may run from its source folder, which -m finds only from there.
    root = str(os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))
    known = environment.get("PYTHONPATH", "")
    environment["PYTHONPATH"] = root + (os.pathsep + known if known else "")
    return environment


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags, "close_fds": True}
    return {"start_new_session": True}
