"""The tutor as a process in a terminal of a given width, and Ctrl-C as the terminal sends it. POSIX alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parent.parent.parent
LONGEST = 60.0
"""Seconds after which a text is not coming any more."""


class Terminal:
    """A running command and what its terminal shows. Its standard output and error are the same terminal."""

    def __init__(self, *words: str, columns: int = 80, cwd: Path, **environment: str) -> None:
        import fcntl
        import struct
        import termios

        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        settings = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tutor", *words],
            env={**kept, **settings, **environment},
            cwd=cwd,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        data = b""
        while True:
            try:
                more = os.read(self._ours, 4096)
            except OSError:
                return  # Linux says so where the last process let go of the terminal.
            if not more:
                return
            data += more
            self.shown = data.decode("utf-8", "replace").replace("\r\n", "\n")

    def until(self, text: str) -> None:
        ends = time.monotonic() + LONGEST
        while text not in self.shown:
            assert time.monotonic() < ends, f"{text!r} was not shown in:\n{self.shown}"
            time.sleep(0.01)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        """Ctrl-C reaches every process of the terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> int:
        """Wait for its end. Returns the exit code."""
        code = self.process.wait(LONGEST)
        self._reader.join(LONGEST)
        return code

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(LONGEST)
        os.close(self._ours)
