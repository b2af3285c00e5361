"""What beginners get wrong in YAML, told from the parser's error and the lines around it.

The parser names the place where it gave up, which is often the line below the mistake. Each function here looks for one
slip and answers None where it is not the one; they are asked in the order of `SLIPS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tutor.core.yaml.depth import colon_missing, colon_too_many, depth, list_depth
from tutor.core.yaml.slip import Slip
from tutor.core.yaml.trouble import Trouble, indent

_NO_SPACE = re.compile(r"^\s*(?:- +)*((?:[\w-]+(?:\.[\w-]+)+/)?[A-Za-z][\w.\-]*):([^\s/:])")
_DASH_WORD = re.compile(r"^\s*-[A-Za-z\"']")
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\u200b\ufeff"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_COLONS = "\uff1a\u2236\ufe55\ua789"
_WIDE_SPACE = re.compile(rf"^[ ]*([{_SPACES}])|:([{_SPACES}])")
_WIDE_DASH = re.compile(rf"^\s*([{_DASHES}])")
_WIDE_COLON = re.compile(rf"^\s*(?:- +)*[\w.\-]+([{_COLONS}])")


def tab(trouble: Trouble) -> Slip | None:
    if trouble.in_flow:
        return None
    for number in trouble.around():
        shown = trouble.at(number)
        spaces = shown[: indent(shown)]
        if "\t" in spaces:
            return Slip(
                f"Line {number} is indented with a tab; YAML takes spaces only.",
                number,
                spaces.index("\t") + 1,
                "Replace the tab by spaces (two for each level), and set your editor to write spaces.",
                trouble.shown(number),
            )
    shown = trouble.at(trouble.line)
    if "cannot start any token" in trouble.problem and shown[trouble.column - 1 : trouble.column] == "\t":
        message = f"Line {trouble.line} has a tab where a space belongs."
        return Slip(message, trouble.line, trouble.column, "Replace the tab by a space.", trouble.shown(trouble.line))
    return None


def copied(trouble: Trouble) -> Slip | None:
    """Lines that came along with a copy: of Markdown, of a merge, of a template, of a terminal."""
    told = (
        (("```", "~~~"), "is a fence of Markdown, not YAML", "Remove the lines with ```."),
        (
            ("<<<<<<<", "=======", ">>>>>>>"),
            "is a mark that Git leaves where two versions do not fit together",
            "Keep one of the two versions, and remove the three lines with <<<<<<<, ======= and >>>>>>>.",
        ),
        (("$ ", "# kubectl", "kubectl ", "C:\\>"), "is a command, not YAML", "Commands go into the terminal."),
    )
    for number in trouble.around():
        shown = trouble.at(number)
        for beginnings, what, hint in told:
            if shown.lstrip().startswith(beginnings) and not shown.lstrip().startswith("#"):
                return Slip(f"Line {number} {what}.", number, indent(shown) + 1, hint, trouble.shown(number))
        if "{{" in shown or "{%" in shown:
            return Slip(
                f"Line {number} has a placeholder of a template, and kubectl fills in none.",
                number,
                max(shown.find("{{"), shown.find("{%")) + 1,
                "Write the value itself.",
                trouble.shown(number),
            )
    return None


def separator(trouble: Trouble) -> Slip | None:
    for number in trouble.around():
        dashes = trouble.at(number).strip()
        if len(dashes) >= 2 and set(dashes) == {"-"} and dashes != "---":
            return Slip(
                f"Line {number} has {len(dashes)} dashes; objects are separated by exactly three.",
                number,
                1,
                "Write ---",
                dashes,
            )
        if dashes == "..." and number < trouble.line:
            return Slip(
                f"The three dots on line {number} end the object, and more follows.",
                number,
                1,
                "Remove that line, or write --- if another object begins.",
                dashes,
            )
    return None


def look_alike(trouble: Trouble) -> Slip | None:
    """Characters that look like YAML's own, as word processors and web pages write them."""
    kinds = (
        (_WIDE_SPACE, "a space that only looks like one", "Delete it and type a space."),
        (_WIDE_DASH, "a dash that only looks like one", "Delete it and type a hyphen: -"),
        (_WIDE_COLON, "a colon that only looks like one", "Delete it and type a colon: :"),
    )
    for number in trouble.around():
        for pattern, what, hint in kinds:
            if matched := pattern.search(trouble.at(number)):
                at = next(i for i in range(1, (pattern.groups or 1) + 1) if matched.group(i))
                code = f"U+{ord(matched.group(at)):04X}"
                message = f"Line {number} has {what} ({code})."
                return Slip(message, number, matched.start(at) + 1, hint, trouble.shown(number))
    return None


def escape(trouble: Trouble) -> Slip | None:
    if "escape" not in trouble.problem:
        return None
    return Slip(
        "In double quotes a backslash begins a sign of its own (such as \\n), and this one is none.",
        trouble.line,
        trouble.column,
        "Write the value in single quotes, or the backslash twice.",
        trouble.shown(trouble.line),
    )


def open_quote(trouble: Trouble) -> Slip | None:
    if "quoted scalar" not in trouble.about:
        return None
    shown = trouble.at(trouble.start)
    quote = _quote(shown)
    return Slip(
        f"The quote {quote} that opens on line {trouble.start} is never closed.",
        trouble.start,
        max(1, shown.find(quote) + 1),
        f"Close it with {quote} at the end of the value, or leave both quotes out.",
        shown.strip()[:200],
    )


def behind_quote(trouble: Trouble) -> Slip | None:
    """Text after a closing quote; often the quote opened lines above, and this one was to open."""
    before = trouble.at(trouble.line)[: trouble.column - 1].rstrip()
    if trouble.in_flow or not before or before[-1] not in "\"'":
        return None
    quote = before[-1]
    if before.count(quote) % 2:
        opened = next((n for n in range(trouble.line - 1, 0, -1) if trouble.at(n).count(quote) % 2), 0)
        if opened:
            return Slip(
                f"The quote {quote} that opens on line {opened} is closed on line {trouble.line} only.",
                opened,
                trouble.at(opened).find(quote) + 1,
                f"Close it with {quote} at the end of its line, or leave both quotes out.",
                trouble.shown(opened).strip(),
            )
    return Slip(
        f"Line {trouble.line} goes on behind the closing quote.",
        trouble.line,
        trouble.column,
        "Put the whole value between the quotes, or leave them out.",
        trouble.shown(trouble.line).strip(),
    )


def no_space(trouble: Trouble) -> Slip | None:
    if trouble.in_flow:
        return None
    for number in trouble.around():
        if matched := _NO_SPACE.match(trouble.at(number)):
            return Slip(
                f"A space is missing after the colon on line {number}.",
                number,
                matched.end(1) + 1,
                "Write `key: value`, with a space behind the colon.",
                trouble.at(number).strip()[:200],
            )
        if _DASH_WORD.match(trouble.at(number)):
            return Slip(
                f"A space is missing after the dash on line {number}.",
                number,
                indent(trouble.at(number)) + 1,
                "Write `- name`, with a space behind the dash.",
                trouble.at(number).strip()[:200],
            )
    return None


def bracket(trouble: Trouble) -> Slip | None:
    if not trouble.in_flow:
        return None
    return Slip(
        f"The bracket or brace that opens on line {trouble.start} is not closed, or a comma is missing in it.",
        trouble.line,
        trouble.column,
        "Close every { with } and every [ with ], and put a comma between the entries.",
        trouble.shown(trouble.line),
    )


def block_text(trouble: Trouble) -> Slip | None:
    if "block scalar" not in trouble.about:
        return None
    return Slip(
        f"A value that begins with | or > is a text of several lines, and nothing may follow on line {trouble.line}.",
        trouble.line,
        trouble.column,
        "Put the value in quotes, or write it on the lines below, indented.",
        trouble.shown(trouble.line),
    )


def first_character(trouble: Trouble) -> Slip | None:
    if "cannot start any token" not in trouble.problem:
        return None
    character = trouble.at(trouble.line)[trouble.column - 1 : trouble.column]
    return Slip(
        f"Line {trouble.line} begins a value with {character or 'a character'}, which YAML does not allow there.",
        trouble.line,
        trouble.column,
        "Put the value in quotes, or remove the character.",
        trouble.shown(trouble.line),
    )


def _quote(shown: str) -> str:
    double, single = shown.find('"'), shown.find("'")
    return "'" if single >= 0 and (double < 0 or single < double) else '"'


SLIPS: tuple[Callable[[Trouble], Slip | None], ...] = (
    escape,
    copied,
    separator,
    tab,
    look_alike,
    open_quote,
    behind_quote,
    no_space,
    bracket,
    block_text,
    colon_too_many,
    colon_missing,
    list_depth,
    depth,
    first_character,
)
