"""echo, env, ps, date and their like."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from tutor.practice.standins import go_duration
from tutor.practice.standins.commands.world import Io, World


async def echo(words: Sequence[str], _world: World, io: Io) -> int:
    newline = True
    while words and words[0] in ("-n", "-e"):
        newline = newline and words[0] != "-n"
        words = words[1:]
    io.out(" ".join(words).encode() + (b"\n" if newline else b""))
    return 0


async def env(_words: Sequence[str], world: World, io: Io) -> int:
    for name, value in world.env.items():
        io.print(f"{name}={value}")
    return 0


async def printenv(words: Sequence[str], world: World, io: Io) -> int:
    if not words:
        return await env(words, world, io)
    missing = [word for word in words if word not in world.env]
    for word in words:
        if word in world.env:
            io.print(world.env[word])
    return 1 if missing else 0


async def hostname(words: Sequence[str], world: World, io: Io) -> int:
    if "-i" in words:
        line = next((line for line in world.files.get("/etc/hosts", "").splitlines() if world.hostname in line), "")
        io.print(line.split("\t")[0] or "127.0.0.1")
        return 0
    io.print(world.hostname)
    return 0


async def date(words: Sequence[str], _world: World, io: Io) -> int:
    now = datetime.now(UTC)
    form = next((word[1:] for word in words if word.startswith("+")), "")
    io.print(
        now.strftime(form.replace("%s", str(int(now.timestamp()))))
        if form
        else now.strftime("%a %b %e %H:%M:%S UTC %Y")
    )
    return 0


async def ps(_words: Sequence[str], world: World, io: Io) -> int:
    io.print("PID   USER     TIME  COMMAND")
    last = max((pid for pid, _ in world.processes), default=1)
    for pid, line in (*world.processes, (last + 6, "ps")):
        io.print(f"{pid:>5} root      0:00 {line}")
    return 0


async def sleep(words: Sequence[str], _world: World, io: Io) -> int:
    try:
        seconds = sum(
            float("inf") if w == "infinity" else go_duration.parse(w if w[-1:].isalpha() else w + "s") for w in words
        )
    except ValueError:
        io.complain(f"sleep: invalid number '{words[0]}'")
        return 1
    if not words:
        io.complain("sleep: missing operand")
        return 1
    while seconds > 0:
        step = min(seconds, 3600.0)
        await asyncio.sleep(step)
        seconds -= step
    return 0


async def succeed(_words: Sequence[str], _world: World, _io: Io) -> int:
    return 0


async def fail(_words: Sequence[str], _world: World, _io: Io) -> int:
    return 1


async def whoami(_words: Sequence[str], _world: World, io: Io) -> int:
    io.print("root")
    return 0


async def identity(_words: Sequence[str], _world: World, io: Io) -> int:
    io.print("uid=0(root) gid=0(root) groups=0(root)")
    return 0


async def uname(words: Sequence[str], world: World, io: Io) -> int:
    io.print(f"Linux {world.hostname} 5.15.0 #1 SMP x86_64 GNU/Linux" if "-a" in words else "Linux")
    return 0


async def kill(words: Sequence[str], _world: World, io: Io) -> int:
    """The container's own process is not ended from here: `kubectl delete pod` and the application's routes do that."""
    target = words[-1] if words else ""
    io.complain(f"kill: can't kill pid {target}: Operation not permitted")
    return 1


COMMANDS = {
    "echo": echo,
    "env": env,
    "printenv": printenv,
    "hostname": hostname,
    "date": date,
    "ps": ps,
    "sleep": sleep,
    "true": succeed,
    "false": fail,
    ":": succeed,
    "whoami": whoami,
    "id": identity,
    "uname": uname,
    "kill": kill,
}
