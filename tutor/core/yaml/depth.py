"""Slips of YAML's structure: a colon too many or too few, and lines at a depth that fits nothing."""

from __future__ import annotations

import re

from tutor.core.yaml.slip import Slip
from tutor.core.yaml.trouble import Trouble, content, indent

_KEY_VALUE = re.compile(r"^(\s*)((?:- +)*)([A-Za-z][\w.\-]*):(\s|$)")
_TWO_COLONS = re.compile(r"^\s*(?:- +)*[\w.\-]+: +[^\s\"'{\[#][^#]*: ")


def colon_too_many(trouble: Trouble) -> Slip | None:
    """A `key: value` where the parser is inside of a value: that began on the line above, or on this one."""
    if "mapping values are not allowed" not in trouble.problem:
        return None
    here, above = trouble.at(trouble.line), trouble.above(trouble.line)
    if _TWO_COLONS.match(here) and trouble.column > here.index(": ") + 2:
        return Slip(
            f"The value on line {trouble.line} holds a colon with a space behind it.",
            trouble.line,
            trouble.column,
            "Put the value in quotes, or remove the space.",
            here.strip()[:200],
        )
    if above and not _KEY_VALUE.match(trouble.at(above)):
        return _word_alone(trouble, above)
    if above:
        column, other = content(here) + 1, content(trouble.at(above)) + 1
        return Slip(
            f"Line {trouble.line} begins in column {column}, deeper than line {above} (column {other}), which has a"
            " value already.",
            trouble.line,
            content(here) + 1,
            "Begin both in the same column; only below a key without a value the lines go deeper.",
            trouble.shown(trouble.line),
        )
    message = f"Line {trouble.line} has a colon where none can stand."
    return Slip(message, trouble.line, trouble.column, "Put the value in quotes.", trouble.shown(trouble.line))


def colon_missing(trouble: Trouble) -> Slip | None:
    if "could not find expected ':'" not in trouble.problem:
        return None
    wrong = trouble.start
    above = trouble.above(wrong)
    if above and trouble.at(above).rstrip().endswith(":") and indent(trouble.at(wrong)) <= indent(trouble.at(above)):
        return Slip(
            f"Line {wrong} stands at the left of the key on line {above} whose value it seems to be.",
            wrong,
            indent(trouble.at(wrong)) + 1,
            "Write the value on the line of its key, behind the colon.",
            trouble.shown(wrong),
        )
    return _word_alone(trouble, wrong)


def _word_alone(trouble: Trouble, line: int) -> Slip:
    shown = trouble.at(line)
    words = shown.strip()[:200]
    sign = next((sign for sign in ("=", ";") if sign in words), "")
    instead = f" {sign} is no colon." if sign else ""
    return Slip(
        f"Line {line} has no colon behind its key.{instead}",
        line,
        content(shown) + 1,
        "Write `key:`, or `key: value` with a space behind the colon.",
        words,
    )


def list_depth(trouble: Trouble) -> Slip | None:
    if "did not find expected '-' indicator" not in trouble.problem and "block collection" not in trouble.about:
        return None
    first = content(trouble.at(trouble.start)) + 1
    return Slip(
        f"Line {trouble.line} begins in column {_indent(trouble) + 1}, and the fields of the list's entry on line"
        f" {trouble.start} in column {first}.",
        trouble.line,
        trouble.column,
        "Align it with the entry that it belongs to, or begin it with a dash.",
        trouble.shown(trouble.line),
    )


def depth(trouble: Trouble) -> Slip | None:
    if "did not find expected key" not in trouble.problem and "block mapping" not in trouble.about:
        return None
    shown, above = trouble.at(trouble.line), trouble.above(trouble.line)
    if shown.lstrip().startswith("- ") and trouble.at(above).lstrip().startswith("- "):
        column = indent(trouble.at(above)) + 1
        return Slip(
            f"The dash on line {trouble.line} stands in column {indent(shown) + 1}, and the one on line {above} in"
            f" column {column}: entries of one list begin in the same column.",
            trouble.line,
            indent(shown) + 1,
            "Align the dashes.",
            trouble.shown(trouble.line),
        )
    if shown.lstrip().startswith("- ") and any(column == indent(shown) for column, _ in _open_columns(trouble, 100)):
        return Slip(
            f"Line {trouble.line} begins with a dash, where a key is expected: the lines beside it are no list.",
            trouble.line,
            indent(shown) + 1,
            "Remove the dash, or indent the line below the key whose list it belongs to.",
            trouble.shown(trouble.line),
        )
    if above and indent(shown) == indent(trouble.at(above)) and not _KEY_VALUE.match(trouble.at(above)):
        return _word_alone(trouble, above)
    columns = " or ".join(f"{column + 1} (line {line})" for column, line in _open_columns(trouble, 3))
    fits = f"; above it blocks begin in column {columns}" if columns else ""
    return Slip(
        f"Line {trouble.line} begins in column {_indent(trouble) + 1}, which fits none of the lines above{fits}.",
        trouble.line,
        trouble.column,
        "Indent it like the keys that it stands beside: keys of one block begin in the same column.",
        trouble.shown(trouble.line),
    )


def _indent(trouble: Trouble) -> int:
    return indent(trouble.at(trouble.line))


def _open_columns(trouble: Trouble, most: int) -> list[tuple[int, int]]:
    """(column from 0, line) of the blocks that are open above the line, the innermost first."""
    found: list[tuple[int, int]] = []
    number = trouble.above(trouble.line)
    while number and len(found) < most:
        column = content(trouble.at(number))
        if not found or column < found[-1][0]:
            found.append((column, number))
        if column == 0 or trouble.line - number > 1000:
            break
        number = trouble.above(number)
    return found
