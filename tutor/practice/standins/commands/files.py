"""ls, cat, grep and their like, on the container's virtual files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.practice.standins.commands.world import Io, World


def _split(words: Sequence[str]) -> tuple[str, list[str]]:
    """(the letters of the options, the other words)."""
    options = "".join(word[1:] for word in words if word.startswith("-") and len(word) > 1)
    return options, [word for word in words if not (word.startswith("-") and len(word) > 1)]


async def ls(words: Sequence[str], world: World, io: Io) -> int:
    options, paths = _split(words)
    folders = world.folders()
    code = 0
    for path in paths or ["."]:
        at = world.absolute(path)
        if at in world.files:
            names = [path]
        elif at in folders:
            prefix = at.rstrip("/") + "/"
            inside = [p for p in (*world.files, *folders) if p.startswith(prefix) and p != at]
            names = sorted({p[len(prefix) :].split("/")[0] for p in inside})
        else:
            io.complain(f"ls: {path}: No such file or directory")
            code = 1
            continue
        if "a" not in options:
            names = [name for name in names if not name.startswith(".")]
        for name in names:
            io.print(_long(world, at, name, folders) if "l" in options else name)
    return code


def _long(world: World, at: str, name: str, folders: set[str]) -> str:
    path = at if at in world.files else world.absolute(f"{at}/{name}")
    if path in folders:
        return f"drwxr-xr-x    2 root     root          4096 Jan  1 00:00 {name}"
    return f"-rw-r--r--    1 root     root     {len(world.files[path].encode()):>9} Jan  1 00:00 {name}"


async def cat(words: Sequence[str], world: World, io: Io) -> int:
    return await _each_file("cat", _split(words)[1], world, io, lambda text: text)


async def head(words: Sequence[str], world: World, io: Io) -> int:
    count, paths = _count(words)
    return await _each_file("head", paths, world, io, lambda text: "".join(text.splitlines(True)[:count]))


async def tail(words: Sequence[str], world: World, io: Io) -> int:
    count, paths = _count(words)
    return await _each_file("tail", paths, world, io, lambda text: "".join(text.splitlines(True)[-count:]))


def _count(words: Sequence[str]) -> tuple[int, list[str]]:
    paths, count, rest = [], 10, list(words)
    while rest:
        word = rest.pop(0)
        if word == "-n" and rest and rest[0].isdigit():
            count = int(rest.pop(0))
        elif re.fullmatch(r"-n?\d+", word):
            count = int(word.lstrip("-n"))
        elif not word.startswith("-"):
            paths.append(word)
    return count, paths


async def wc(words: Sequence[str], world: World, io: Io) -> int:
    options, paths = _split(words)

    def counted(text: str) -> str:
        counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode())}
        return " ".join(str(counts[letter]) for letter in (options or "lwc") if letter in counts) + "\n"

    return await _each_file("wc", paths, world, io, counted)


async def grep(words: Sequence[str], world: World, io: Io) -> int:
    options, rest = _split(words)
    if not rest:
        io.complain("grep: a pattern is needed")
        return 2
    try:
        pattern = re.compile(rest[0], re.IGNORECASE if "i" in options else 0)
    except re.error as error:
        io.complain(f"grep: bad regex '{rest[0]}': {error}")
        return 2
    found: list[str] = []

    def matching(text: str) -> str:
        lines = [line for line in text.splitlines() if bool(pattern.search(line)) != ("v" in options)]
        found.extend(lines)
        if "q" in options:
            return ""
        return f"{len(lines)}\n" if "c" in options else "".join(f"{line}\n" for line in lines)

    code = await _each_file("grep", rest[1:], world, io, matching)
    return code if code else 0 if found else 1


async def _each_file(name: str, paths: Sequence[str], world: World, io: Io, shown: Callable[[str], str]) -> int:
    if not paths or list(paths) == ["-"]:
        if name == "cat":
            while piece := await io.read():
                io.out(piece)
            return 0
        io.out(shown((await io.read_all()).decode("utf-8", "replace")).encode())
        return 0
    code = 0
    folders = world.folders()
    for path in paths:
        at = world.absolute(path)
        if at in world.files:
            io.out(shown(world.files[at]).encode())
            continue
        io.complain(
            f"{name}: {path}: Is a directory" if at in folders else f"{name}: {path}: No such file or directory"
        )
        code = 1
    return code


async def sort(words: Sequence[str], world: World, io: Io) -> int:
    """-r reversed, -u without repetitions, -n by number."""
    options, paths = _split(words)

    def number(line: str) -> float:
        found = re.match(r"\s*-?\d+(\.\d+)?", line)
        return float(found[0]) if found else 0.0

    def ordered(text: str) -> str:
        lines = text.splitlines()
        if "u" in options:
            lines = list(dict.fromkeys(lines))
        lines.sort(key=(lambda line: (number(line), line)) if "n" in options else None, reverse="r" in options)
        return "".join(f"{line}\n" for line in lines)

    return await _each_file("sort", paths, world, io, ordered)


async def pwd(_words: Sequence[str], world: World, io: Io) -> int:
    io.print(world.directory)
    return 0


async def cd(words: Sequence[str], world: World, io: Io) -> int:
    at = world.absolute(words[0] if words else world.env.get("HOME", "/"))
    if at not in world.folders():
        io.complain(f"sh: cd: can't cd to {words[0]}: No such file or directory")
        return 1
    world.directory = at
    return 0


async def touch(words: Sequence[str], world: World, _io: Io) -> int:
    for path in _split(words)[1]:
        world.files.setdefault(world.absolute(path), "")
    return 0


async def rm(words: Sequence[str], world: World, io: Io) -> int:
    options, paths = _split(words)
    code = 0
    for path in paths:
        at = world.absolute(path)
        if world.files.pop(at, None) is None and "f" not in options:
            io.complain(f"rm: can't remove '{path}': No such file or directory")
            code = 1
    return code


async def test(words: Sequence[str], world: World, io: Io) -> int:
    """`[ … ]`: -e -f -d -n -z, = != -eq -ne -lt -gt -le -ge, a word alone, ! before."""
    rest = [word for word in words if word != "]"]
    if rest[:1] == ["!"]:
        return 0 if await test(rest[1:], world, io) == 1 else 1
    match rest:
        case ["-e" | "-f" | "-d" as what, path]:
            at = world.absolute(path)
            is_folder = at in world.folders()
            truth = {"-e": at in world.files or is_folder, "-f": at in world.files, "-d": is_folder}[what]
        case ["-n", text]:
            truth = bool(text)
        case ["-z", text]:
            truth = not text
        case [left, "=" | "==", right]:
            truth = left == right
        case [left, "!=", right]:
            truth = left != right
        case [left, "-eq" | "-ne" | "-lt" | "-gt" | "-le" | "-ge" as how, right]:
            try:
                difference = int(left) - int(right)
            except ValueError:
                io.complain("sh: bad number")
                return 2
            truth = {
                "-eq": difference == 0,
                "-ne": difference != 0,
                "-lt": difference < 0,
                "-gt": difference > 0,
                "-le": difference <= 0,
                "-ge": difference >= 0,
            }[how]
        case [text]:
            truth = bool(text)
        case []:
            truth = False
        case _:
            io.complain("sh: unknown operand")
            return 2
    return 0 if truth else 1


COMMANDS = {
    "ls": ls,
    "cat": cat,
    "head": head,
    "tail": tail,
    "wc": wc,
    "grep": grep,
    "sort": sort,
    "pwd": pwd,
    "cd": cd,
    "touch": touch,
    "rm": rm,
    "test": test,
    "[": test,
}
