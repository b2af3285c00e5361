"""The line of each key and array element of a TOML text, which `tomllib` does not tell.

The text is known to be valid TOML: this scanner finds places and judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

Path = tuple[str | int, ...]
_QUOTES = ('"""', "'''", '"', "'")


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it that has one; 1 where nothing has."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def toml_lines(text: str) -> dict[Path, int]:
    """Path → line from 1. `("tasks", 0, "hints", 2)` is the third element of `hints` in the first `[[tasks]]`."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.found: dict[Path, int] = {}
        self.table: Path = ()
        self.counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                self._comment()
            elif char.isspace():
                self._step()
            elif char == "[":
                self._header()
            else:
                self._statement()
        return self.found

    def _step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _header(self) -> None:
        many = self.text.startswith("[[", self.at)
        line = self.line
        self._step(2 if many else 1)
        names = self._names("]")
        self._step(2 if many else 1)
        path: Path = ()
        for number, name in enumerate(names):
            path = (*path, name)
            if number == len(names) - 1 and many:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
        self.table = path
        # An array's elements begin to count anew in each new element of the array around it.
        for inner in [key for key in self.counts if len(key) > len(path) and key[: len(path)] == path]:
            del self.counts[inner]
        self.found[path] = line

    def _statement(self) -> None:
        line = self.line
        path: Path = (*self.table, *self._names("="))
        self.found.setdefault(path, line)
        self._step()
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self._step()
        self._value(path)

    def _names(self, end: str) -> list[str]:
        """The parts of a dotted key up to the character `end`."""
        names: list[str] = []
        word = ""
        while self.at < len(self.text) and self.text[self.at] != end:
            if self.text[self.at] in "\"'":
                word = self._string()[1:-1]
                continue
            if self.text[self.at] == ".":
                names.append(word)
                word = ""
            elif not self.text[self.at].isspace():
                word += self.text[self.at]
            self._step()
        return [*names, word]

    def _string(self) -> str:
        quote = next(quote for quote in _QUOTES if self.text.startswith(quote, self.at))
        start = self.at
        self._step(len(quote))
        while self.at < len(self.text) and not self.text.startswith(quote, self.at):
            self._step(2 if self.text[self.at] == "\\" and quote[0] == '"' else 1)
        self._step(len(quote))
        while len(quote) == 3 and self.text.startswith(quote[0], self.at):
            self._step()  # """…"""" ends with a quote of the text itself
        return self.text[start : self.at]

    def _value(self, path: Path) -> None:
        """Pass over a value; elements of an array are noted, inline tables are passed over whole."""
        depth, index = 0, -1
        waiting = False
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                self._comment()
                continue
            if char == "\n" and depth == 0:
                return
            if waiting and not char.isspace() and char not in "],":
                index += 1
                self.found[(*path, index)] = self.line
                waiting = False
            if char in "\"'":
                self._string()
                continue
            if char in "[{":
                depth += 1
                waiting = waiting or (char == "[" and depth == 1)
            elif char in "]}":
                depth -= 1
                waiting = waiting and depth > 0
            elif char == "," and depth == 1:
                waiting = True
            self._step()
