"""The small shell's grammar: text → a tree. Pure."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

Piece = tuple[str, str]
"""(kind, text): `raw` (split at spaces once expanded), `quoted` (expanded, kept whole), `plain` (as it is)."""
Word = tuple[Piece, ...]

_OPERATORS = ("&&", "||", ">>", ";", "|", ">", "&", "(", ")", "<")
_KEYWORDS = {"do", "done", "then", "else", "elif", "fi", "in"}
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*|[?$])\}|([A-Za-z_]\w*|[?$]))")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


class ShellSyntaxError(ValueError):
    """The text after `syntax error:`."""


@dataclass(frozen=True, slots=True)
class Simple:
    words: tuple[Word, ...]
    target: Word | None = None
    append: bool = False
    errors: str = ""
    """Where complaints go: "" to their own stream, `null` nowhere (`2>/dev/null`), `out` with the output (`2>&1`)."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sequence_:
    first: Node
    joint: str
    """`;`, `&&` or `||`."""
    second: Node | None


@dataclass(frozen=True, slots=True)
class Loop:
    condition: Node
    body: Node
    wanted: bool
    """True for while, False for until."""


@dataclass(frozen=True, slots=True)
class For:
    name: str
    words: tuple[Word, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class If:
    condition: Node
    then: Node
    otherwise: Node | None


Node = Simple | Pipeline | Sequence_ | Loop | For | If
Token = str | Word
"""An operator, or a word."""


def is_assignment(word: str) -> bool:
    return bool(_ASSIGNMENT.match(word))


def tokens(text: str) -> list[Token]:
    """Raises: `ShellSyntaxError` for a quote or `$(` without its end."""
    result: list[Token] = []
    word: list[Piece] = []
    at = 0
    while at < len(text):
        char = text[at]
        operator = next((op for op in _OPERATORS if text.startswith(op, at)), None)
        if char in " \t\n#" or operator:
            if char == "#" and word:
                word.append(("plain", "#"))
                at += 1
                continue
            if word:
                result.append(tuple(word))
                word = []
            if char == "#":
                at = text.find("\n", at) if "\n" in text[at:] else len(text)
            elif operator or char == "\n":
                result.append(operator or ";")
                at += len(operator or "\n")
            else:
                at += 1
            continue
        piece, at = _piece(text, at)
        word.append(piece)
    if word:
        result.append(tuple(word))
    return result


def _piece(text: str, at: int) -> tuple[Piece, int]:
    char = text[at]
    if char == "'":
        end = _find(text, "'", at + 1)
        return ("plain", text[at + 1 : end]), end + 1
    if char == '"':
        end = at + 1
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        if end >= len(text):
            raise ShellSyntaxError("unterminated quoted string")
        return ("quoted", re.sub(r'\\(["\\$])', r"\1", text[at + 1 : end])), end + 1
    if char == "\\" and at + 1 < len(text):
        return ("plain", text[at + 1]), at + 2
    if text.startswith("$(", at):
        end = _find(text, ")", at + 2)
        return ("raw", text[at : end + 1]), end + 1
    end = at + 1
    while end < len(text) and text[end] not in " \t\n'\"\\;|&<>()" and not text.startswith("$(", end):
        end += 1
    return ("raw", text[at:end]), end


def _find(text: str, char: str, start: int) -> int:
    end = text.find(char, start)
    if end < 0:
        raise ShellSyntaxError("unterminated quoted string")
    return end


def parse(text: str) -> Node:
    """Raises: `ShellSyntaxError`."""
    parser = _Parser(tokens(text))
    node = parser.sequence()
    if parser.left:
        raise ShellSyntaxError(f'unexpected "{_text(parser.left[0])}"')
    return node


def _text(token: Token) -> str:
    return token if isinstance(token, str) else "".join(piece for _, piece in token)


class _Parser:
    def __init__(self, left: list[Token]) -> None:
        self.left = left

    def keyword(self) -> str:
        """The next token where it is a bare word."""
        token = self.left[0] if self.left else None
        if isinstance(token, tuple) and len(token) == 1 and token[0][0] == "raw":
            return token[0][1]
        return ""

    def expect(self, word: str) -> None:
        if self.keyword() != word:
            found = _text(self.left[0]) if self.left else "end of file"
            raise ShellSyntaxError(f'unexpected {found} (expecting "{word}")')
        self.left.pop(0)

    def skip(self) -> None:
        while self.left and self.left[0] == ";":
            self.left.pop(0)

    def sequence(self) -> Node:
        self.skip()
        if not self.left or self.keyword() in _KEYWORDS:
            return Simple(())
        node = self.pipeline()
        while self.left and self.left[0] in (";", "&&", "||"):
            joint = str(self.left.pop(0))
            if joint == ";":
                self.skip()
                if not self.left or self.keyword() in _KEYWORDS:
                    break
            node = Sequence_(node, joint, self.pipeline())
        return node

    def pipeline(self) -> Node:
        parts = [self.command()]
        while self.left and self.left[0] == "|":
            self.left.pop(0)
            parts.append(self.command())
        return parts[0] if len(parts) == 1 else Pipeline(tuple(parts))

    def command(self) -> Node:
        match self.keyword():
            case "while" | "until" as word:
                self.left.pop(0)
                condition = self.sequence()
                return Loop(condition, self.body(), word == "while")
            case "for":
                self.left.pop(0)
                name = _text(self.left.pop(0)) if self.left else ""
                self.expect("in")
                words: list[Word] = []
                while self.left and isinstance(self.left[0], tuple):
                    words.append(self.left[0])
                    self.left.pop(0)
                self.skip()
                return For(name, tuple(words), self.body())
            case "if":
                return self.if_()
        return self.simple()

    def body(self) -> Node:
        self.expect("do")
        node = self.sequence()
        self.expect("done")
        return node

    def if_(self) -> Node:
        self.left.pop(0)
        condition = self.sequence()
        self.expect("then")
        then = self.sequence()
        otherwise: Node | None = None
        if self.keyword() == "elif":
            return If(condition, then, self.if_())
        if self.keyword() == "else":
            self.left.pop(0)
            otherwise = self.sequence()
        self.expect("fi")
        return If(condition, then, otherwise)

    def simple(self) -> Node:
        words: list[Word] = []
        target: Word | None = None
        append = False
        errors = ""
        while self.left:
            token = self.left[0]
            if isinstance(token, tuple):
                words.append(token)
                self.left.pop(0)
            elif token in (">", ">>"):
                self.left.pop(0)
                to_stream = bool(self.left) and self.left[0] == "&"
                if to_stream:
                    self.left.pop(0)
                if not self.left or not isinstance(self.left[0], tuple):
                    raise ShellSyntaxError("unexpected end of file")
                given = self.left[0]
                self.left.pop(0)
                if words and words[-1] == (("raw", "2"),):
                    words.pop()
                    errors = "out" if to_stream else "null"
                elif not to_stream:
                    target, append = given, token == ">>"
            else:
                break
        if not words and target is None:
            raise ShellSyntaxError(f'unexpected "{_text(self.left[0])}"' if self.left else "unexpected end of file")
        return Simple(tuple(words), target, append, errors)


async def expand(word: Word, variables: Mapping[str, str], substitute: Callable[[str], Awaitable[str]]) -> list[str]:
    """The words that a word becomes: one where it is quoted, none or several where an unquoted value has spaces."""
    result: list[str] = [""]
    keep = False
    for kind, text in word:
        if kind == "plain":
            result[-1] += text
            keep = True
            continue
        value = await _value(text, variables, substitute)
        if kind == "quoted":
            result[-1] += value
            keep = True
            continue
        parts = re.split(r"\s+", value) if value != text else [value]
        result[-1] += parts[0]
        result += parts[1:]
    return [part for part in result if part or keep]


async def _value(text: str, variables: Mapping[str, str], substitute: Callable[[str], Awaitable[str]]) -> str:
    while (start := text.find("$(")) >= 0:
        end = text.find(")", start)
        if end < 0:
            raise ShellSyntaxError("unterminated quoted string")
        text = text[:start] + await substitute(text[start + 2 : end]) + text[end + 1 :]
    return _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], ""), text)
