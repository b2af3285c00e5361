"""Lines that break between words, at the width of a terminal; what a learner copies stays in one piece. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

READABLE = 100
"""Columns that a text to read fills at most, however wide the terminal is."""
PROGRAMS = frozenset({"docker", "homics-tutor", "kubectl", "minikube"})
_WORD = re.compile(r"(?:`[^`]+`|\S)+")
_LINK = re.compile(r"\[([^]]+)]\((\S+?)\)")
_KEY = re.compile(r"[A-Za-z][\w.-]*:")
_ITEM = re.compile(r"(\s*(?:[-*+]|\d+[.)]|>)\s+)(.*)")
_GOES_ON = frozenset(
    {
        *("a", "again", "also", "and", "are", "as", "at", "but", "by", "can", "does", "for", "from", "has", "have"),
        *("helps", "here", "in", "is", "it", "makes", "names", "of", "on", "or", "says", "show", "shows", "so", "that"),
        *("the", "then", "this", "to", "until", "when", "which", "while", "with", "without", "writes"),
    }
)
"""Words that end a command that stands in a sentence: "kubectl get pod and …"."""


def wrapped(text: str, width: int | None, begin: str = "", hang: str = "") -> str:
    """`text` behind `begin`, its further lines behind `hang`.

    A line that fits, a command behind "$ ", and every line where `width` is None stay as they are. Longer ones break
    between words. A word that is wider than a line is left whole: a URL that was broken could not be opened.
    """
    lines: list[str] = []
    for number, line in enumerate(text.split("\n")):
        first = begin if number == 0 else hang
        lines.extend(_broken(line, width, first, hang))
    return "\n".join(lines)


def prose(markdown: str, width: int | None) -> str:
    """A text of the course with its paragraphs filled anew, and its links as `text <URL>`, so that the URL may stand
    on a line of its own. Code, tables and empty lines stay as they are; all does where `width` is None."""
    if width is None:
        return markdown
    return "\n".join(_blocks(markdown, min(width, READABLE)))


def _blocks(markdown: str, width: int) -> Iterator[str]:
    begin, hang, held = "", "", list[str]()
    fenced = False

    def paragraph() -> Iterator[str]:
        if held:
            yield wrapped(_LINK.sub(r"\1 <\2>", " ".join(held)), width, begin, hang)
            held.clear()

    for line in markdown.split("\n"):
        fence = line.lstrip().startswith(("```", "~~~"))
        kept = fenced or fence or line.startswith(("|", "#")) or not line.strip()
        if kept or (line.startswith("    ") and not held):
            yield from paragraph()
            begin = hang = ""
            fenced ^= fence
            yield wrapped(line, width, hang="  ") if line.startswith("#") and not fenced else line
        elif item := _ITEM.fullmatch(line):
            yield from paragraph()
            begin = item[1]
            hang = begin if ">" in begin else " " * len(begin)
            held.append(item[2])
        else:
            if not held:
                begin = hang = line[: len(line) - len(line.lstrip())]
            held.append(line.strip())
    yield from paragraph()


def _broken(line: str, width: int | None, begin: str, hang: str) -> Iterator[str]:
    whole = begin + line
    if width is None or columns(whole) <= width or line.lstrip().startswith("$ "):
        yield whole
        return
    indent = line[: len(line) - len(line.lstrip())]
    row, empty = begin + indent, True
    for unit in _units(line, width - columns(hang + indent)):
        if empty:
            if columns(row + unit) > width and columns(hang + indent) < columns(row):
                yield row.rstrip()
                row = hang + indent
            row, empty = row + unit, False
        elif columns(row) + 1 + columns(unit) <= width:
            row += " " + unit
        else:
            yield row
            row = hang + indent + unit
    yield row


def _units(line: str, room: int) -> Iterator[str]:
    """What is never broken: a word, code between backticks, a command in a sentence, `key: value`.

    A command that is wider than the room of a line breaks as other words do, unless it is marked by backticks.
    """
    words = _WORD.findall(line)
    at = 0
    while at < len(words):
        end = at + 1
        while end < len(words) and _goes_with(words[at:end], words[end]):
            end += 1
        unit = " ".join(words[at:end])
        if columns(unit) > room:
            unit, end = words[at], at + 1
        yield unit
        at = end


def _goes_with(before: list[str], word: str) -> bool:
    last = before[-1]
    if before[0].lstrip("(") in PROGRAMS:
        return not last.endswith((",", ".", ";", ":", ")", "?", "!")) and word not in _GOES_ON
    return last == "-" or (_KEY.fullmatch(last) is not None and word.lstrip("(") not in PROGRAMS)


def columns(text: str) -> int:
    """Columns that a terminal gives to this text."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )
