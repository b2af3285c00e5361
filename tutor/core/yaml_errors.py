"""Errors of YAML itself, explained to somebody who meets it for the first time, with the line marked."""

from __future__ import annotations

import re

import yaml

from tutor.core.finding import Finding, Verdict
from tutor.core.yaml_tree import TreeError

RULE = "file-parses"
SOURCE = "https://kubernetes.io/docs/concepts/overview/working-with-objects/#describing-a-kubernetes-object"
_NO_SPACE = re.compile(r"^\s*(?:- )?[A-Za-z][\w.\-/]*:[^\s/:]")
_KEY = re.compile(r"^(\s*)(?:- )?[\w.\-/\"']+:(\s|$)")


def unreadable(path: str, why: str, line: int | None = None, hint: str = "") -> Finding:
    """Nothing can be said of the file's contents."""
    return Finding(RULE, Verdict.UNKNOWN, why, hint=hint, file=path, line=line, column=1 if line else None)


def explain(path: str, text: str, error: Exception) -> Finding | None:
    """The finding of a parser's error; None where it is no error of the file."""
    if isinstance(error, TreeError):
        message = error.message[0].upper() + error.message[1:] + "."
        return _finding(path, message, error.mark.line, error.mark.column, error.hint)
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        column = error.position - text.rfind("\n", 0, error.position)
        shown = f"U+{ord(error.character):04X}" if isinstance(error.character, str) else f"{error.character:#x}"
        return _finding(path, f"The character {shown} is not allowed in YAML.", line, column, "Remove it.")
    if not isinstance(error, yaml.MarkedYAMLError):
        return None
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    context_line = error.context_mark.line + 1 if error.context_mark else line
    return _explained(path, text.split("\n"), error, line, column, context_line)


def _explained(
    path: str, lines: list[str], error: yaml.MarkedYAMLError, line: int, column: int, context: int
) -> Finding:
    problem = error.problem or ""
    for number in _around(line, context, lines):
        shown = lines[number - 1]
        indent = shown[: len(shown) - len(shown.lstrip())]
        if "\t" in indent:
            return _finding(
                path,
                f"Line {number} is indented with a tab; YAML takes spaces only.",
                number,
                indent.index("\t") + 1,
                "Replace the tab by spaces (two for each level), and set your editor to write spaces.",
                found=shown,
            )
    if "quot" in problem or "quoted scalar" in (error.context or ""):
        start = context if error.context else line
        quote = _quote(lines, start)
        return _finding(
            path,
            f"The quote {quote} that opens on line {start} is never closed.",
            start,
            max(1, lines[start - 1].find(quote) + 1) if start <= len(lines) else 1,
            f"Close it with {quote} at the end of the value, or leave both quotes out.",
            found=lines[start - 1].strip() if start <= len(lines) else "",
        )
    for number in _around(line, context, lines):
        if _NO_SPACE.match(lines[number - 1]) and "//" not in lines[number - 1].split(":", 1)[1][:2]:
            at = lines[number - 1].index(":") + 1
            return _finding(
                path,
                f"A space is missing after the colon on line {number}.",
                number,
                at,
                "Write `key: value`, with a space behind the colon.",
                found=lines[number - 1].strip(),
            )
    if "flow" in (error.context or "") or "',' or" in problem:
        return _finding(
            path,
            f"The bracket or brace that opens on line {context} is not closed, or a comma is missing in it.",
            line,
            column,
            "Close every { with } and every [ with ], and put a comma between the entries.",
            found=_shown(lines, line),
        )
    if "mapping values are not allowed" in problem:
        return _finding(
            path,
            f"Line {line} has a colon where none can stand: this line is indented deeper than the one it belongs to,"
            " or a value holds a colon and needs quotes.",
            line,
            column,
            "Align the key with its neighbours, or put the value in quotes.",
            found=_shown(lines, line),
        )
    if "could not find expected ':'" in problem:
        wrong = context if context != line else line
        return _finding(
            path,
            f"Line {wrong} holds a word without a colon where a `key: value` is expected.",
            wrong,
            _first(lines, wrong),
            "Write the colon and a space behind the key.",
            found=_shown(lines, wrong),
        )
    if "did not find expected '-' indicator" in problem or "block collection" in (error.context or ""):
        return _finding(
            path,
            f"Line {line} does not fit the list that begins on line {context}: every entry of a list begins with a dash"
            " at the same depth.",
            line,
            column,
            "Move the line to the depth of the entry that it belongs to, or begin it with a dash.",
            found=_shown(lines, line),
        )
    if "did not find expected key" in problem or "block mapping" in (error.context or ""):
        return _finding(
            path,
            f"Line {line} is at a depth that fits nothing above it (the block begins on line {context}).",
            line,
            column,
            "Indent it like the keys that it stands beside: keys of one block begin in the same column.",
            found=_shown(lines, line),
        )
    if "cannot start any token" in problem:
        character = lines[line - 1][column - 1 : column] if line <= len(lines) else ""
        return _finding(
            path,
            f"Line {line} begins a value with {character or 'a character'!r}, which YAML does not allow there.",
            line,
            column,
            "Put the value in quotes, or remove the character.",
            found=_shown(lines, line),
        )
    return _finding(
        path,
        f"Line {line} is not YAML: {problem or error}.",
        line,
        column,
        "Compare it with the lines around it.",
        found=_shown(lines, line),
    )


def _around(line: int, context: int, lines: list[str]) -> list[int]:
    """The lines that an error is likely to come from: its own, the one before, and where its block began."""
    return [number for number in dict.fromkeys((line, line - 1, context)) if 1 <= number <= len(lines)]


def _quote(lines: list[str], line: int) -> str:
    shown = lines[line - 1] if line <= len(lines) else ""
    double, single = shown.find('"'), shown.find("'")
    return "'" if single >= 0 and (double < 0 or single < double) else '"'


def _first(lines: list[str], line: int) -> int:
    shown = lines[line - 1] if line <= len(lines) else ""
    return len(shown) - len(shown.lstrip()) + 1


def _shown(lines: list[str], line: int) -> str:
    return lines[line - 1].rstrip()[:200] if 1 <= line <= len(lines) else ""


def _finding(path: str, message: str, line: int, column: int, hint: str, found: str = "") -> Finding:
    return Finding(
        RULE, Verdict.FAILED, message, found=found, hint=hint, file=path, line=line, column=column, source=SOURCE
    )
