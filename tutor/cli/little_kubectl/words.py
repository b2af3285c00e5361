"""What was typed, taken apart: command, arguments, flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.cli.little_kubectl.errors import Failure

VALUED: Mapping[str, str] = {
    "-n": "namespace",
    "--namespace": "namespace",
    "--context": "context",
    "--kubeconfig": "kubeconfig",
    "-o": "output",
    "--output": "output",
    "-l": "selector",
    "--selector": "selector",
    "--field-selector": "field-selector",
    "-c": "container",
    "--container": "container",
    "--tail": "tail",
    "--since": "since",
    "--replicas": "replicas",
    "--revision": "revision",
    "--to-revision": "to-revision",
    "--timeout": "timeout",
    "--raw": "raw",
    "--dry-run": "dry-run",
    "-f": "filename",
    "--filename": "filename",
    "--grace-period": "grace-period",
}
"""Flags that take a value; a repeated -f is kept as a list."""
SWITCHES: Mapping[str, str] = {
    "-w": "watch",
    "--watch": "watch",
    "-A": "all-namespaces",
    "--all-namespaces": "all-namespaces",
    "--all": "all",
    "--show-labels": "show-labels",
    "--no-headers": "no-headers",
    "-p": "previous",
    "--previous": "previous",
    "--follow": "follow",
    "-R": "recursive",
    "--recursive": "recursive",
    "--wait": "wait",
    "--ignore-not-found": "ignore-not-found",
    "-i": "stdin",
    "--stdin": "stdin",
    "-t": "tty",
    "--tty": "tty",
    "-it": "tty",
    "-ti": "tty",
    "--timestamps": "timestamps",
    "--client": "client",
    "-h": "help",
    "--help": "help",
    "--force": "force",
    "--now": "now",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One command line."""

    command: str
    arguments: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    """Of -f, in their order."""
    on: frozenset[str] = frozenset()
    """Switches that were given."""
    off: frozenset[str] = frozenset()
    """Switches that were given as --name=false."""
    rest: tuple[str, ...] = ()
    """What stands after --."""

    def value(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    def number(self, name: str) -> int | None:
        """Raises: `Failure` where it is none."""
        text = self.values.get(name)
        if text is None:
            return None
        try:
            return int(text)
        except ValueError as error:
            raise Failure(
                f'error: invalid argument "{text}" for "--{name}" flag: strconv.ParseInt: parsing "{text}":'
                " invalid syntax"
            ) from error


def take_apart(words: list[str]) -> Asked:
    """Raises: `Failure` for a flag that is not known or lacks its value."""
    command, arguments, files, rest = "", list[str](), list[str](), list[str]()
    values, on, off = dict[str, str](), set[str](), set[str]()
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word == "--":
            rest = queue
            break
        if not word.startswith("-") or word == "-":
            if command:
                arguments.append(word)
            else:
                command = word
            continue
        name, equals, value = word.partition("=")
        if command == "logs" and name == "-f":
            on.add("follow")
        elif name in VALUED:
            if not equals:
                if not queue:
                    raise Failure(
                        f"error: flag needs an argument: {_quoted(name)}\nSee 'kubectl {command} --help' for usage."
                    )
                value = queue.pop(0)
            if VALUED[name] == "filename":
                files += value.split(",")
            else:
                values[VALUED[name]] = value
        elif name in SWITCHES:
            (off if value.lower() in ("false", "0", "no") else on).add(SWITCHES[name])
        elif len(name) > 2 and name[:2] in VALUED and not name.startswith("--"):
            values[VALUED[name[:2]]] = word[2:].removeprefix("=")  # as in -oyaml, -ndefault
        else:
            raise Failure(
                f"error: unknown flag: {name}\nThe built-in kubectl knows the flags of the cheat sheet alone."
            )
    return Asked(command, tuple(arguments), values, tuple(files), frozenset(on), frozenset(off), tuple(rest))


def _quoted(flag: str) -> str:
    return flag if flag.startswith("--") else f"'{flag[1]}' in {flag}"
