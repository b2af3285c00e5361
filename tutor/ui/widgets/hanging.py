"""Text that is wrapped beside its sign, not below it."""

from __future__ import annotations

from textual.content import Content


def hanging(front: Content, text: Content, width: int) -> Content:
    """`front`, and `text` behind it; the further lines of the text begin below its first word."""
    room = max(width - front.cell_length, 8)
    lines = [line for part in text.split("\n", allow_blank=True) for line in part.wrap(room)] or [Content("")]
    indent = Content(" " * front.cell_length)
    return Content("\n").join([front + lines[0], *(indent + line for line in lines[1:])])
