"""What a command sees: its container. And where its input comes from and its output goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_USUAL_FOLDERS = (
    *("bin", "dev", "etc", "home", "lib", "opt", "proc", "root", "run", "sbin", "sys", "tmp", "usr", "var"),
    *("var/run", "var/log", "usr/bin"),
)


class UnknownName(OSError):
    """The cluster's DNS does not know the name."""


class Network(Protocol):
    """Raises from each: UnknownName; ConnectionRefusedError, TimeoutError and other OSErrors from `connect`."""

    async def connect(self, host: str, port: int) -> Connection: ...

    async def lookup(self, host: str) -> tuple[str, list[str]]:
        """(full name, addresses)."""
        ...


@dataclass(slots=True)
class World:
    """A container, as its commands see it. `files`: absolute path → text; commands may change them."""

    network: Network
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    hostname: str = "localhost"
    directory: str = "/"
    processes: tuple[tuple[int, str], ...] = ((1, "java -jar /app.jar"),)
    """(pid, command line)."""

    def absolute(self, path: str) -> str:
        """Without `.`, `..` and doubled slashes."""
        parts: list[str] = []
        for part in (path if path.startswith("/") else f"{self.directory}/{path}").split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        return "/" + "/".join(parts)

    def folders(self) -> set[str]:
        """Every folder: those of the usual tree, and those that files are in."""
        found = {"/", *(f"/{name}" for name in _USUAL_FOLDERS)}
        for path in self.files:
            while path := path.rpartition("/")[0]:
                found.add(path)
        return found


@dataclass(frozen=True, slots=True)
class Io:
    """One command's streams. `read` gives the next piece of input, b"" at its end."""

    out: Callable[[bytes], None]
    err: Callable[[bytes], None]
    read: Callable[[], Awaitable[bytes]]

    def print(self, text: str) -> None:
        self.out(f"{text}\n".encode())

    def complain(self, text: str) -> None:
        self.err(f"{text}\n".encode())

    async def read_all(self) -> bytes:
        data = b""
        while piece := await self.read():
            data += piece
        return data


async def no_input() -> bytes:
    return b""
