"""What was found and what is expected, side by side; what differs stands out."""

from __future__ import annotations

from difflib import SequenceMatcher

from rich.cells import cell_len
from textual.content import Content

from tutor.core.finding import Finding

FOUND, EXPECTED = "found", "expected"
LEAST = 14
"""Cells of a side below which the two stand one over the other instead."""
GAP = 3


def found_and_expected(finding: Finding, width: int) -> list[Content]:
    """Lines no wider than `width`; empty where the finding has neither."""
    if not finding.found and not finding.expected:
        return []
    found, expected = _marked(finding.found, finding.expected)
    if not finding.found or not finding.expected:
        label = FOUND if finding.found else EXPECTED
        return _labelled(label, found if finding.found else expected, width)
    widest = max(cell_len(line) for text in (finding.found, finding.expected) for line in text.split("\n"))
    side = (width - GAP) // 2
    if side >= LEAST and (widest + len(EXPECTED) + 2 <= side or "\n" in finding.found + finding.expected):
        return _columns(_labelled(FOUND, found, side), _labelled(EXPECTED, expected, side), side)
    return [*_labelled(FOUND, found, width), *_labelled(EXPECTED, expected, width)]


def _marked(found: str, expected: str) -> tuple[Content, Content]:
    """Both texts, with what the other one does not have underlined where they are alike enough to compare."""
    left, right = Content.styled(found, "$text-error"), Content.styled(expected, "$text-success")
    if max(len(found), len(expected)) > 400:
        return left, right
    matcher = SequenceMatcher(None, found, expected, autojunk=False)
    if matcher.ratio() < 0.5:
        return left, right
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            left = left.stylize("bold underline", a, b) if b > a else left
            right = right.stylize("bold underline", c, d) if d > c else right
    return left, right


def _labelled(label: str, text: Content, width: int) -> list[Content]:
    front = len(EXPECTED) + 1
    lines = [line for part in text.split("\n", allow_blank=True) for line in part.wrap(max(width - front, 8))]
    return [
        Content.styled(f"{label if number == 0 else '':<{front}}", "$foreground 60%") + line
        for number, line in enumerate(lines)
    ]


def _columns(left: list[Content], right: list[Content], side: int) -> list[Content]:
    height = max(len(left), len(right))
    left += [Content("")] * (height - len(left))
    right += [Content("")] * (height - len(right))
    return [
        a.pad_right(max(side - a.cell_length, 0)) + Content.styled(" │ ", "$foreground 60%") + b
        for a, b in zip(left, right, strict=True)
    ]
