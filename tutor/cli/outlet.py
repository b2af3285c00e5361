"""Lines on a standard output whose reader may pause (`… | less`, Ctrl-S) or go away: nothing else waits for it."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from tutor.cli.saying import say, terminal_width
from tutor.cli.wrapping import wrapped

MOST_WAITING = 10_000
"""Lines that wait for a reader; the oldest go first, and it is said how many."""
GRACE = 1.0
"""Seconds that a reader has at the end for what it has not read yet."""
READER_GONE = (None, errno.EPIPE, errno.EIO, errno.EINVAL, errno.ESHUTDOWN)
"""A pipe whose reader ended (`… | head`), on Windows as well, or a terminal that was closed."""
BUSY_PAUSE = 0.05
"""Seconds before a terminal is tried again that takes nothing for the moment."""


class Outlet:
    """Made within a running event loop; `on_gone` is called in it when nobody reads any more."""

    def __init__(self, on_gone: Callable[[], object]) -> None:
        self._on_gone = on_gone
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._left_out = 0
        self._more = threading.Condition()
        self._closed = self._gone = False
        self.failure: OSError | None = None
        """Why nothing more could be written, where it was not that the reader went away: a full disk."""
        self._thread: threading.Thread | None = None
        try:
            # A console of Windows takes text, not bytes.
            self._descriptor = None if sys.platform == "win32" else sys.stdout.fileno()
        except (OSError, ValueError, AttributeError):
            self._descriptor = None

    def say(self, text: str, begin: str = "", hang: str = "") -> None:
        """`text` as a line behind `begin`; what does not fit goes on behind `hang`."""
        if self._gone:
            return
        if self._descriptor is None:
            self._say_at_once(text, begin, hang)
            return
        lines = wrapped(text, terminal_width(sys.stdout), begin, hang) + "\n"
        data = lines.encode(sys.stdout.encoding or "utf-8", sys.stdout.errors or "replace")
        with self._more:
            self._waiting.append(data)
            if len(self._waiting) > MOST_WAITING:
                self._waiting.popleft()
                self._left_out += 1
            self._more.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_all, args=(self._descriptor,), daemon=True)
            self._thread.start()

    def _say_at_once(self, text: str, begin: str, hang: str) -> None:
        try:
            say(text, begin, hang)
        except OSError as error:
            self._note(error)
            # Else the interpreter complains at its end about what is left in the buffer.
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
            self._on_gone()

    def _note(self, error: OSError) -> None:
        self._gone = True
        if error.errno not in READER_GONE:
            self.failure = error

    def close(self) -> None:
        """Give the reader a moment; what it does not take then is lost."""
        with self._more:
            self._closed = True
            self._more.notify()
        if self._thread is not None:
            self._thread.join(GRACE)

    def _write_all(self, descriptor: int) -> None:
        """In a thread: as long as there is something to say and somebody to read it."""
        while (data := self._next()) is not None:
            try:
                while data:
                    data = data[_write(descriptor, data) :]
            except OSError as error:
                self._note(error)
                if not self._closed:
                    self._loop.call_soon_threadsafe(self._on_gone)
                return

    def _next(self) -> bytes | None:
        with self._more:
            while not self._waiting:
                if self._closed:
                    return None
                self._more.wait()
            count, self._left_out = self._left_out, 0
            if count:
                return f"({count} lines are left out: nobody read them.)\n".encode()
            return self._waiting.popleft()


def _write(descriptor: int, data: bytes) -> int:
    """Bytes written; waits where it has to."""
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        time.sleep(BUSY_PAUSE)
        return 0
