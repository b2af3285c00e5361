"""kubectl's output in a narrow place: the gaps between its columns shrink before anything is cut off. Pure."""

from __future__ import annotations

import re
from itertools import zip_longest

from rich.cells import cell_len

GAP = re.compile(r"\s{2,}")

SHORTEST = 10
"""Cells that are left of a name at least."""
TAIL = 6
"""Characters of a name's end that stay: those that tell pods apart."""


def fit_table(text: str, width: int) -> str:
    """`text` with narrower gaps, then shorter names, where it is a table that is wider than `width`; else as it is.

    A table is told by kubectl's head: capital letters, with at least two spaces between its columns.
    """
    lines = text.splitlines()
    tables = [line for line in lines if line.strip()]
    if len(tables) < 2 or all(cell_len(line) <= width for line in lines):
        return text
    head = GAP.split(tables[0].strip())
    if len(head) < 2 or not all(re.fullmatch(r"[A-Z()/-]+", name) for name in head):
        return text
    rows = [GAP.split(line.strip()) for line in lines]
    widths = [max(map(cell_len, column)) for column in zip_longest(*rows, fillvalue="")]
    if (over := sum(widths) + len(widths) - 1 - width) > 0:
        widths[0] = max(widths[0] - over, SHORTEST)
        rows = [[_shortened(cell, widths[0]) if at == 0 else cell for at, cell in enumerate(row)] for row in rows]
    room = width - sum(widths)
    gap = " " * max(1, min(3, room // max(len(widths) - 1, 1)))
    return "\n".join(
        gap.join(cell + " " * (wide - cell_len(cell)) for cell, wide in zip(row, widths, strict=False)).rstrip()
        for row in rows
    )


def _shortened(name: str, width: int) -> str:
    if cell_len(name) <= width:
        return name
    return f"{name[: width - TAIL - 1]}…{name[-TAIL:]}"
