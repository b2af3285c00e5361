"""A small shell: words, quotes, `$NAME`, `$(…)`, `;`, `&&`, `||`, `|`, `>`, `>>`, while, until, for, if.

No program of the host is run: everything it runs is in `table`. What it does not know it refuses with a shell's own
syntax error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from tutor.practice.standins.commands import syntax, table
from tutor.practice.standins.commands.syntax import For, If, Loop, Node, Pipeline, Sequence_, ShellSyntaxError, Simple
from tutor.practice.standins.commands.world import Io, World, no_input

_PROMPT = b"/ # "


class _Exit(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def main(words: Sequence[str], world: World, io: Io) -> int:
    """`sh -c TEXT`, or lines from standard input until it ends or `exit`."""
    rest = list(words)
    while rest and rest[0].startswith("-") and "c" not in rest[0]:
        rest.pop(0)
    if rest and rest[0].startswith("-"):
        if len(rest) < 2:
            io.complain("sh: -c requires an argument")
            return 2
        return await run_text(rest[1], world, io)
    return await _interactive(world, io)


async def run_text(text: str, world: World, io: Io) -> int:
    try:
        return await Shell(world).run(syntax.parse(text), io)
    except ShellSyntaxError as error:
        io.complain(f"sh: syntax error: {error}")
        return 2
    except _Exit as end:
        return end.code


async def _interactive(world: World, io: Io) -> int:
    shell, buffer, code = Shell(world), b"", 0
    prompt = world.env.get("PS1", "").encode() or (_PROMPT if world.env.get("TERM") else b"")
    io.err(prompt)
    while piece := await io.read():
        buffer += piece
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            try:
                code = await shell.run(syntax.parse(line.decode("utf-8", "replace")), io)
            except ShellSyntaxError as error:
                io.complain(f"sh: syntax error: {error}")
                code = 2
            except _Exit as end:
                return end.code
            io.err(prompt)
    return code


class Shell:
    """One shell with its variables (those of the world's environment) and the last exit code."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._code = 0

    async def run(self, node: Node, io: Io) -> int:
        """Raises: `_Exit`, ShellSyntaxError for a `$(…)` that cannot be parsed."""
        self._code = await self._run(node, io)
        return self._code

    async def _run(self, node: Node, io: Io) -> int:
        match node:
            case Sequence_(first, joint, second):
                code = await self.run(first, io)
                if (joint == "&&" and code) or (joint == "||" and not code):
                    return code
                return await self.run(second, io) if second is not None else code
            case Pipeline(parts):
                return await self._pipeline(parts, io)
            case Loop(condition, body, wanted):
                return await self._loop(condition, body, wanted, io)
            case For(name, words, body):
                code = 0
                for word in await self._expand(words, io):
                    self._world.env[name] = word
                    code = await self.run(body, io)
                return code
            case If(condition, then, otherwise):
                if await self.run(condition, io) == 0:
                    return await self.run(then, io)
                return await self.run(otherwise, io) if otherwise is not None else 0
            case Simple():
                return await self._simple(node, io)
        return 0

    async def _loop(self, condition: Node, body: Node, wanted: bool, io: Io) -> int:
        code = 0
        while (await self.run(condition, io) == 0) is wanted:
            code = await self.run(body, io)
            # A loop of commands that never wait must leave the others their turn.
            await asyncio.sleep(0.001)
        return code

    async def _pipeline(self, parts: Sequence[Node], io: Io) -> int:
        """One after another: each one's whole output is the next one's input."""
        code, given = 0, None
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            collected: list[bytes] = []
            step = io if last else replace(io, out=collected.append)
            if given is not None:
                step = replace(step, read=_once(given))
            code = await self.run(part, step)
            given = b"".join(collected)
        return code

    async def _simple(self, command: Simple, io: Io) -> int:
        words = await self._expand(command.words, io)
        written: list[bytes] = []
        if command.target is not None:
            io = replace(io, out=written.append)
        if command.errors:
            io = replace(io, err=io.out if command.errors == "out" else _nowhere)
        code = await self._call(words, io)
        if command.target is not None:
            await self._write(command, b"".join(written), io)
        return code

    async def _write(self, command: Simple, data: bytes, io: Io) -> None:
        path = (await self._expand((command.target,), io) if command.target else [""])[0]
        if path == "/dev/null":
            return
        at = self._world.absolute(path)
        before = self._world.files.get(at, "") if command.append else ""
        self._world.files[at] = before + data.decode("utf-8", "replace")

    async def _call(self, words: list[str], io: Io) -> int:
        while words and syntax.is_assignment(words[0]):
            name, _, value = words.pop(0).partition("=")
            self._world.env[name] = value
        match words:
            case []:
                return 0
            case ["exit", *rest]:
                raise _Exit(int(rest[0]) & 255 if rest and rest[0].isdigit() else self._code)
            case ["export", *rest]:
                for word in rest:
                    name, separator, value = word.partition("=")
                    if separator:
                        self._world.env[name] = value
                return 0
            case ["exec", *rest] if rest:
                raise _Exit(await table.run(rest, self._world, io))
        return await table.run(words, self._world, io)

    async def _expand(self, words: Sequence[syntax.Word], io: Io) -> list[str]:
        variables = {**self._world.env, "?": str(self._code), "$": "1", "PWD": self._world.directory}
        result: list[str] = []
        for word in words:
            result += await syntax.expand(word, variables, self._substitute(io))
        return result

    def _substitute(self, io: Io) -> Callable[[str], Awaitable[str]]:
        async def run(text: str) -> str:
            collected: list[bytes] = []
            await Shell(self._world).run(syntax.parse(text), replace(io, out=collected.append, read=no_input))
            return b"".join(collected).decode("utf-8", "replace").rstrip("\n")

        return run


def _nowhere(_data: bytes) -> None:
    """/dev/null."""


def _once(data: bytes) -> Callable[[], Awaitable[bytes]]:
    pieces = [data] if data else []

    async def read() -> bytes:
        return pieces.pop() if pieces else b""

    return read
