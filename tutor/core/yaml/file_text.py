"""A file's bytes as kubectl reads them: as text, and cut into the streams that it parses one by one."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.core.yaml.tree import Mark, TreeError

_SEPARATOR = re.compile(r"^---(?![ \t\r]*(?:#.*)?$)(.*)$", re.MULTILINE)
_SPACE = " \t\r\n"
_JSON = json.JSONDecoder(strict=False)
MOST_OBJECTS = 1000
"""JSON objects of one file that are looked for one by one."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    """With \\n alone as the end of a line."""
    broken: Mark | None = None
    """Where the first bytes stand that belong to another encoding."""
    byte: int = 0
    """The first of them."""


def decoded(data: bytes) -> Text:
    """UTF-8, or UTF-16 where a byte order mark says so. Like kubectl, never fails: what is no text becomes U+FFFD."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return Text(_lines(data.decode(encoding)))
    except UnicodeDecodeError as error:
        # error.start counts without the byte order mark that utf-8-sig has taken off.
        skipped = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" and data.startswith(codecs.BOM_UTF8) else 0
        start = min(error.start + skipped, len(data) - 1)
        before = _lines(data[:start].decode(encoding, "replace"))
        mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return Text(_lines(data.decode(encoding, "replace")), mark, data[start])


def _lines(text: str) -> str:
    # libyaml counts \r\n as one break and so do editors.
    return text.replace("\r\n", "\n")


def streams(text: str) -> Iterator[str]:
    """The parts of a file that are YAML of their own, each with what is before it blanked, so that places stay.

    A file that begins with { may hold JSON objects one behind the other, which YAML has no form for; from the first one
    that is no JSON on it is YAML. Raises: `TreeError` for a line that begins with --- and goes on.
    """
    start = _after_space(text, 0)
    count = 0
    while start < len(text) and text[start] == "{" and count < MOST_OBJECTS:
        try:
            _, end = _JSON.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        after = _after_space(text, end)
        if after == len(text) and not count:
            break  # one object alone: YAML reads it, too
        yield _blank(text[:start]) + text[start:end]
        start = after
        count += 1
    rest = _blank(text[:start]) + text[start:] if count else text
    for matched in _SEPARATOR.finditer(rest):
        line, behind = rest.count("\n", 0, matched.start()) + 1, matched[1].strip()
        what = f"has {len(behind) + 3} dashes" if set(behind) == {"-"} else "begins with --- and goes on behind it"
        raise TreeError(
            f"line {line} {what}", Mark(line, 4), "Exactly three dashes separate objects, on a line of their own."
        )
    yield rest


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _blank(text: str) -> str:
    """As many lines, and as many characters on the last one."""
    return "\n" * text.count("\n") + " " * (len(text) - text.rfind("\n") - 1)
