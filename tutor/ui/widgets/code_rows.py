"""The rows of a file on the screen: its lines, and below each what was found there. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.highlight import highlight

from tutor.core.finding import Finding
from tutor.ui.widgets.side_by_side import found_and_expected
from tutor.ui.words import finding_mark, is_problem

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for YAML: the findings' lines are counted by it."""
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
HIGHLIGHTED = 100_000
"""Characters. A longer text is no manifest that anybody wrote by hand: it is shown plain, at once."""
LONGEST = 2_000
"""Characters of a line that are drawn."""
LEAST = 34
"""Cells that a message needs beside its caret; with less it stands below it."""
TALLER = 2
"""Lines more that a message may take beside its caret than below it."""
BELOW = 2
"""Cells that it is indented there."""


@dataclass(frozen=True, slots=True)
class Row:
    content: Content
    number: int = 0
    """Of the line, from 1; 0 for a row that belongs to the line above it."""
    finding: Finding | None = None
    """What the row tells of, or the first finding of the line."""
    tint: str = ""
    """A colour of the theme behind the row; empty for none."""


def split_lines(text: str) -> list[str]:
    lines = BREAK.split(text)
    if lines and not lines[-1]:
        lines.pop()
    return lines


def drawn_lines(text: str, *, yaml: bool = True) -> list[Content]:
    """The lines with their colours, each character as one of the text; a tab is seen as an arrow."""
    lines = [
        CONTROL.sub("\N{REPLACEMENT CHARACTER}", line[:LONGEST]) + (" …" if len(line) > LONGEST else "")
        for line in split_lines(text)
    ]
    if len(text) > HIGHLIGHTED:
        return [_tabs(Content(line)) for line in lines]
    coloured = highlight("\n".join(lines), language="yaml" if yaml else "json").split("\n", allow_blank=True)
    return [_tabs(line) for line in coloured[: len(lines)]] + [Content("")] * (len(lines) - len(coloured))


def _tabs(line: Content) -> Content:
    if "\t" not in line.plain:
        return line
    shown = Content(line.plain.replace("\t", "→"), list(line.spans))
    for at, character in enumerate(line.plain):
        if character == "\t":
            shown = shown.stylize("$text-error", at, at + 1)
    return shown


def rows(
    lines: Sequence[Content], findings: Sequence[Finding], width: int, selected: Finding | None = None
) -> list[Row]:
    """All rows at this width (cells beside the line numbers); the selected finding is told in full."""
    told: dict[int, list[Finding]] = {}
    for finding in findings:
        if is_problem(finding) or finding.verdict == "failed":
            line = finding.line or 0
            told.setdefault(line if line <= len(lines) else len(lines), []).append(finding)
    result = [row for finding in told.get(0, []) for row in _notes(finding, "", width, finding == selected)]
    for number, drawn in enumerate(lines, 1):
        here = told.get(number, [])
        first = here[0] if here else None
        chosen = any(finding == selected for finding in here)
        result.append(Row(drawn, number, first, _tint(first, strong=chosen) if first else ""))
        for finding in here:
            result += _notes(finding, drawn.plain, width, finding == selected)
    return result


def _notes(finding: Finding, line: str, width: int, selected: bool) -> list[Row]:
    """The rows below a line: carets where the finding points to, the message beside them or, without room, below."""
    mark = finding_mark(finding)
    style, tint = f"bold {mark.style}", _tint(finding, strong=selected)
    column = min(max((finding.column or 1) - 1, 0), len(line))
    indent, length = cell_len(line[:column]), _token(line[column:])
    pointer = f"{' ' * indent}{'^' * length} " if finding.line else f"{mark.sign} "
    beside = indent == 0 or (
        width - len(pointer) >= LEAST
        # A tall column is harder to read than the same in few lines.
        and _height(finding, width - len(pointer)) <= _height(finding, width - BELOW) + TALLER
    )
    lead = " " * (len(pointer) if beside else BELOW)
    room = max(width - len(lead), 10)
    told = _wrapped(Content.styled(finding.message, mark.style), room)
    if selected:
        told += found_and_expected(finding, room)
        told += _wrapped(Content.styled(finding.hint, "$foreground"), room) if finding.hint else []
    fronts = [Content.styled(pointer if beside else lead, style)] + [Content(lead)] * (len(told) - 1)
    drawn = [front + part for front, part in zip(fronts, told, strict=True)]
    if not beside:
        drawn.insert(0, Content.styled(pointer, style))
    return [Row(content, 0, finding, tint) for content in drawn]


def _height(finding: Finding, room: int) -> int:
    return len(_wrapped(Content(finding.message), max(room, 10)))


def _token(text: str) -> int:
    """Length of what stands at a column: a word up to its colon, at least one character."""
    found = re.match(r"[^\s:#,\]}]+", text)
    return min(max(cell_len(found.group()) if found else 1, 1), 40)


def _tint(finding: Finding, *, strong: bool) -> str:
    name = {"✗": "error", "!": "warning", "i": "primary", "?": "accent"}.get(finding_mark(finding).sign, "foreground")
    return f"${name} {18 if strong else 9}%"


def _wrapped(content: Content, width: int) -> list[Content]:
    return [line for part in content.split("\n", allow_blank=True) for line in part.wrap(width)] or [content]
