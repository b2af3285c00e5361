"""Every field of every reference dropped, renamed, moved, retyped, misindented and mistyped, one change a mutant.

The references are plain block style: one field a line, what belongs to it below it and deeper. So a mutant is a change
of lines, as an editor makes it, and needs no parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from tests.scenarios.corpus import course, reference


@dataclass(frozen=True, slots=True)
class Mutant:
    step: str
    file: str
    what: str
    """"drop", "rename", "move", "retype", "misindent" or "mistype"."""
    field: str
    """The key of the line that was changed."""
    path: str
    """Where the reference has that field."""
    end: int
    """The last line of the field in the reference, with what is below it."""
    lines: tuple[int, ...]
    """Where the change shows in the mutant's text, or where the field stood; counted from 1."""
    text: str

    @property
    def key(self) -> str:
        """A name that stays while reference and change stay."""
        return sha256(f"{self.step}\n{self.file}\n{self.text}".encode()).hexdigest()[:16]

    def __str__(self) -> str:
        return f"{self.step}: {self.file}:{self.lines[0]} {self.what} {self.field}"


@dataclass(frozen=True, slots=True)
class _Field:
    start: int
    """Index of its line."""
    end: int
    """Behind its last line."""
    indent: int
    """Of its key; behind the dash where one stands in front."""
    dash: bool
    key: str
    value: str


def mutants() -> Iterator[Mutant]:
    """Of every file that a step's reference adds or changes; each text once."""
    for step in course().steps:
        for file in step.files:
            if file not in course().solution(step.slug):
                continue
            text = reference(step.slug)[file].decode()
            seen = {text}
            for mutant in _of(step.slug, file, text):
                if mutant.text not in seen:
                    seen.add(mutant.text)
                    yield mutant


def _of(step: str, file: str, text: str) -> Iterator[Mutant]:
    lines = text.splitlines()
    for field in _fields(lines):
        for what, changed, at in (
            *_drop(lines, field),
            *_rename(lines, field),
            *_move(lines, field),
            *_retype(lines, field),
            *_misindent(lines, field),
            *_mistype(lines, field),
        ):
            text = "\n".join(changed) + "\n"
            yield Mutant(step, file, what, field.key, _path(lines, field), field.end, at, text)


_Change = tuple[str, list[str], tuple[int, ...]]


def _fields(lines: list[str]) -> list[_Field]:
    found = []
    for index, line in enumerate(lines):
        rest = line.lstrip()
        dash = rest.startswith("- ")
        indent = len(line) - len(rest) + (2 if dash else 0)
        key, colon, value = rest.removeprefix("- ").partition(":")
        if not colon:
            continue
        end = index + 1
        while end < len(lines) and _indent(lines[end]) > indent:
            end += 1
        found.append(_Field(index, end, indent, dash, key, value.strip()))
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _drop(lines: list[str], field: _Field) -> Iterator[_Change]:
    rest = lines[: field.start] + lines[field.end :]
    if field.dash and field.end < len(lines) and _indent(lines[field.end]) == field.indent:
        # The first field of a list's entry: the next one gets the dash.
        after = lines[field.end]
        rest[field.start] = " " * (field.indent - 2) + "- " + after.lstrip()
    yield "drop", rest, (field.start, field.start + 1)
    if field.value:
        yield "drop", _with(lines, field, f"{field.key}:"), (field.start + 1,)


def _rename(lines: list[str], field: _Field) -> Iterator[_Change]:
    flipped = field.key[0].swapcase() + field.key[1:]
    for name in (field.key[:-1], field.key + "s", flipped, field.key.lower()):
        if name and name != field.key:
            yield "rename", _with(lines, field, f"{name}: {field.value}".rstrip()), (field.start + 1,)


def _move(lines: list[str], field: _Field) -> Iterator[_Change]:
    """To the level above, in front of the field that it belonged to; and into the field beside it."""
    block = _block(lines, field)
    (_, rest, _), *_ = _drop(lines, field)
    parent = _parent(lines, field)
    if parent is not None:
        indent = parent.indent
        moved = [" " * indent + line for line in block]
        at = parent.start
        if parent.dash:
            moved[0] = " " * (indent - 2) + "- " + moved[0].lstrip()
            kept = [*rest[:at], *moved, " " * indent + rest[at].lstrip().removeprefix("- "), *rest[at + 1 :]]
        else:
            kept = [*rest[:at], *moved, *rest[at:]]
        yield "move", kept, tuple(range(at + 1, at + len(block) + 1))
    for other in _fields(rest):
        beside = other.indent == field.indent and not other.value and other.end > other.start + 1
        if beside and abs(other.start - field.start) < 12:
            inner = other.start + 1
            if rest[inner].lstrip().startswith("- "):
                continue
            deeper = [" " * _indent(rest[inner]) + line for line in block]
            yield "move", [*rest[:inner], *deeper, *rest[inner:]], tuple(range(inner + 1, inner + len(block) + 1))


def _retype(lines: list[str], field: _Field) -> Iterator[_Change]:
    at = (field.start + 1,)
    if field.value:
        bare = field.value.strip('"')
        other = f"{field.key}: {bare}" if bare != field.value else f'{field.key}: "{bare}"'
        if bare.isdigit():
            yield "retype", _with(lines, field, other), at
        else:
            yield "retype", _with(lines, field, f"{field.key}: 1"), at
        yield "retype", _with(lines, field, f"{field.key}: [{field.value}]"), at
        yield "retype", _with(lines, field, f"{field.key}: {{{field.key}: {field.value}}}"), at
        yield "retype", _with(lines, field, f"{field.key}: yes"), at
        return
    kept = lines[: field.start + 1] + lines[field.end :]
    yield "retype", _with(kept, field, f"{field.key}: text"), at
    yield "retype", _with(kept, field, f"{field.key}: {{}}"), at
    yield "retype", _with(kept, field, f"{field.key}: []"), at
    first = field.start + 1
    if lines[first].lstrip().startswith("- "):
        bare_lines = [line.replace("- ", "  ", 1) if i >= first else line for i, line in enumerate(lines[: field.end])]
        yield "retype", bare_lines + lines[field.end :], (field.start + 1, first + 1)
    else:
        dashed = " " * _indent(lines[first]) + "- " + lines[first].lstrip()
        inner = ["  " + line for line in lines[first + 1 : field.end]]
        yield "retype", [*lines[:first], dashed, *inner, *lines[field.end :]], (field.start + 1, first + 1)


def _misindent(lines: list[str], field: _Field) -> Iterator[_Change]:
    at = (field.start + 1, field.start + 2)
    for by in (-2, -1, 1, 2):
        if _indent(lines[field.start]) + by < 0:
            continue
        yield "misindent", [_shifted(line, by) if i == field.start else line for i, line in enumerate(lines)], at
        inside = range(field.start, field.end)
        yield "misindent", [_shifted(line, by) if i in inside else line for i, line in enumerate(lines)], at
    tabbed = "\t" + lines[field.start].lstrip()
    yield "misindent", [tabbed if i == field.start else line for i, line in enumerate(lines)], at
    glued = lines[field.start].replace(": ", ":", 1) if field.value else lines[field.start].rstrip(":")
    yield "misindent", [glued if i == field.start else line for i, line in enumerate(lines)], at


def _mistype(lines: list[str], field: _Field) -> Iterator[_Change]:
    """A letter or digit of the value too few, another one, one too many; a value in another case."""
    value = field.value.strip('"')
    quote = '"' if value != field.value else ""
    if len(value) < 2:
        return
    for other in (value[:-1], value[1:], value + value[-1], value.swapcase(), value.upper(), f" {value}"):
        if other not in (value, ""):
            yield "mistype", _with(lines, field, f"{field.key}: {quote}{other}{quote}"), (field.start + 1,)


def _with(lines: list[str], field: _Field, text: str) -> list[str]:
    line = " " * (field.indent - 2) + "- " + text if field.dash else " " * field.indent + text
    return [*lines[: field.start], line, *lines[field.start + 1 :]]


def _block(lines: list[str], field: _Field) -> list[str]:
    """The field's lines, its key at the left edge."""
    first = lines[field.start].lstrip().removeprefix("- ")
    return [first, *(line[field.indent :] for line in lines[field.start + 1 : field.end])]


def _parent(lines: list[str], field: _Field) -> _Field | None:
    above = [other for other in _fields(lines[: field.start]) if other.indent < field.indent]
    inside = [
        other for other in above if all(_indent(line) > other.indent for line in lines[other.start + 1 : field.start])
    ]
    return inside[-1] if inside else None


def _path(lines: list[str], field: _Field) -> str:
    """As the API server writes it."""
    text, parent = field.key, _parent(lines, field)
    while parent is not None:
        entry = [i for i in range(parent.start + 1, field.start + 1) if lines[i].lstrip().startswith("- ")]
        depth = min((_indent(lines[i]) for i in entry), default=0)
        count = sum(_indent(lines[i]) == depth for i in entry)
        text = f"{parent.key}[{count - 1}].{text}" if count and depth > parent.indent - 1 else f"{parent.key}.{text}"
        field, parent = parent, _parent(lines, parent)
    return text


def _shifted(line: str, by: int) -> str:
    return " " * max(0, _indent(line) + by) + line.lstrip()
