"""Every command by its name, and running one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tutor.practice.standins.commands import files, network, system
from tutor.practice.standins.commands.world import Io, World

Command = Callable[[Sequence[str], World, Io], Awaitable[int]]
NOT_FOUND = 127

COMMANDS: dict[str, Command] = {**files.COMMANDS, **network.COMMANDS, **system.COMMANDS}


def base_name(word: str) -> str:
    """`/bin/ls` and `/usr/bin/ls` are `ls`; any other path stays and is then unknown."""
    for folder in ("/bin/", "/usr/bin/", "/usr/local/bin/"):
        if word.startswith(folder):
            return word.removeprefix(folder)
    return word


async def run(words: Sequence[str], world: World, io: Io) -> int:
    """The exit code. `sh` and `bash` are the shell's; an unknown name is the shell's 127."""
    from tutor.practice.standins.commands import shell

    name = base_name(words[0])
    if name in ("sh", "bash"):
        return await shell.main(words[1:], world, io)
    command = COMMANDS.get(name)
    if command is None:
        io.complain(f"sh: {words[0]}: not found")
        return NOT_FOUND
    return await command(words[1:], world, io)
