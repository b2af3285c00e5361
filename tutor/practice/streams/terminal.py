"""A terminal's line discipline for `kubectl exec -it`: echo, backspace, Ctrl+C, Ctrl+D, and `\\r\\n` for `\\n`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_INTERRUPT, _END, _BACKSPACE = 0x03, 0x04, (0x08, 0x7F)


class Terminal:
    """`read` gives whole lines of what is typed; `interrupted` is set by Ctrl+C."""

    def __init__(self, read: Callable[[], Awaitable[bytes]], show: Callable[[bytes], None]) -> None:
        self._read = read
        self._show = show
        self._line = bytearray()
        self._lines: list[bytes] = []
        self._ended = False
        self.interrupted = asyncio.Event()

    @staticmethod
    def shown(data: bytes) -> bytes:
        return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    async def read(self) -> bytes:
        while not self._lines and not self._ended:
            data = await self._read()
            if not data:
                self._ended = True
            for byte in data:
                self._take(byte)
        if self._lines:
            return self._lines.pop(0)
        rest, self._line = bytes(self._line), bytearray()
        return rest

    def _take(self, byte: int) -> None:
        if byte == _INTERRUPT:
            self._show(b"^C\r\n")
            self._line.clear()
            self.interrupted.set()
        elif byte == _END:
            if not self._line:
                self._ended = True
        elif byte in _BACKSPACE:
            if self._line:
                del self._line[-1]
                self._show(b"\b \b")
        elif byte in (0x0D, 0x0A):
            self._lines.append(bytes(self._line) + b"\n")
            self._line.clear()
            self._show(b"\r\n")
        elif byte >= 0x20 or byte == 0x09:
            self._line.append(byte)
            self._show(bytes([byte]))
