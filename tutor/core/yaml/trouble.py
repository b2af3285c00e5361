"""A parser's error among the lines of its file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """A parser's error among its lines. `line`, `column` and `start` count from 1."""

    lines: list[str]
    problem: str
    about: str
    """What the parser was reading, e.g. "while parsing a block mapping"."""
    line: int
    column: int
    start: int
    """Where that began."""

    def at(self, line: int) -> str:
        return self.lines[line - 1] if 1 <= line <= len(self.lines) else ""

    def shown(self, line: int) -> str:
        return self.at(line).rstrip()[:200]

    def above(self, line: int) -> int:
        """The line above that holds something beside a comment; 0 where none does."""
        for number in range(min(line - 1, len(self.lines)), 0, -1):
            words = self.at(number).strip()
            if words and not words.startswith("#"):
                return number
        return 0

    def around(self) -> list[int]:
        """The lines that an error is likely to come from: its own, the one above, and where its block began."""
        return [n for n in dict.fromkeys((self.line, self.above(self.line), self.start)) if 1 <= n <= len(self.lines)]

    @property
    def in_flow(self) -> bool:
        """Inside of { } or [ ], where tabs and indents are free."""
        return "flow" in self.about or "',' or" in self.problem


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def content(shown: str) -> int:
    """Where a line's key begins, behind the dashes of a list."""
    rest = shown[indent(shown) :]
    while rest.startswith("- "):
        rest = rest[2:].lstrip()
    return len(shown) - len(rest)
