"""One exec: a built-in command in a container's world. The host's shell and files are never reached."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.practice.proxy.errors import UnknownHost
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.standins.commands import table
from tutor.practice.standins.commands.names import COMMAND_NAMES
from tutor.practice.standins.commands.world import Connection, Io, UnknownName, World


class CommandNotFound(Exception):
    """The container has no such program; the text is the container runtime's."""


def not_found(word: str) -> str:
    reason = f"stat {word}: no such file or directory" if "/" in word else "executable file not found in $PATH"
    return f'OCI runtime exec failed: exec failed: unable to start container process: exec: "{word}": {reason}: unknown'


def check(words: tuple[str, ...]) -> None:
    """Raises: `CommandNotFound`."""
    if not words or table.base_name(words[0]) not in COMMAND_NAMES:
        raise CommandNotFound(not_found(words[0] if words else ""))


@dataclass(frozen=True, slots=True)
class FromPod:
    """The pod network as one pod sees it, from inside the daemon."""

    network: PodNetwork
    namespace: str
    address: str

    async def connect(self, host: str, port: int) -> Connection:
        if host in ("localhost", "127.0.0.1"):
            return await self.network.connect(self.address, port)
        try:
            return await self.network.connect_host(self.namespace, host, port)
        except UnknownHost as error:
            raise UnknownName(str(error)) from error

    async def lookup(self, host: str) -> tuple[str, list[str]]:
        try:
            addresses = self.network.lookup(self.namespace, host)
        except UnknownHost as error:
            raise UnknownName(str(error)) from error
        return self.network.full_name(self.namespace, host), addresses


@dataclass(slots=True)
class ExecSession:
    words: tuple[str, ...]
    world: World
    scratch: dict[str, str] = field(default_factory=dict)
    """Files that commands wrote in this run of the container; kept for the next exec."""

    async def run(self, io: Io) -> int:
        """The command's exit code. Cancel the task to end it."""
        before = dict(self.world.files)
        try:
            return await table.run(self.words, self.world, io)
        finally:
            self.scratch |= {path: text for path, text in self.world.files.items() if before.get(path) != text}
