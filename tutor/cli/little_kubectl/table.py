"""Tables as kubectl prints them: columns three spaces apart, and none narrower than before.

Source: k8s.io/cli-runtime/pkg/printers, GetNewTabWriter: minimal width 6, padding 3, remembered widths.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

LEAST, PADDING = 6, 3


class TabWriter:
    """Prints rows; a column that was wide once stays so wide, so that later rows of a watch keep in line."""

    def __init__(self) -> None:
        self._widths: list[int] = []

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        columns = max((len(row) for row in rows), default=0)
        while len(self._widths) < columns:
            self._widths.append(0)
        for column in range(columns):
            # The last cell of a line is no column: nothing follows it.
            cells = [row[column] for row in rows if column < len(row) - 1]
            if cells:
                widest = max(LEAST, max(len(cell) for cell in cells) + PADDING)
                self._widths[column] = max(self._widths[column], widest)
        for row in rows:
            line = "".join(cell.ljust(self._widths[index]) for index, cell in enumerate(row[:-1]))
            print(line + row[-1] if row else "")
        sys.stdout.flush()

    def forget(self) -> None:
        self._widths = []


def table_rows(
    table: Mapping[str, Any], *, wide: bool, prefix: str = "", namespaces: bool = False, labels: bool = False
) -> list[list[str]]:
    """The cells of a server's Table, a list a row, without its header. `prefix`: before each name, as "pod/"."""
    shown = columns(table, wide=wide)
    rows = []
    for row in table.get("rows") or []:
        cells = [_text(row["cells"][index]) for index, _ in shown]
        if cells and prefix:
            cells[0] = prefix + cells[0]
        metadata = (row.get("object") or {}).get("metadata") or {}
        if namespaces:
            cells.insert(0, str(metadata.get("namespace") or ""))
        if labels:
            pairs = ",".join(f"{key}={value}" for key, value in sorted((metadata.get("labels") or {}).items()))
            cells.append(pairs or "<none>")
        rows.append(cells)
    return rows


def header(table: Mapping[str, Any], *, wide: bool, namespaces: bool = False, labels: bool = False) -> list[str]:
    names = [name.upper() for _, name in columns(table, wide=wide)]
    return [*(["NAMESPACE"] if namespaces else []), *names, *(["LABELS"] if labels else [])]


def columns(table: Mapping[str, Any], *, wide: bool) -> list[tuple[int, str]]:
    """(index, name) of the columns that are shown: those of priority 0, with -o wide all."""
    definitions = table.get("columnDefinitions") or []
    return [(index, str(one["name"])) for index, one in enumerate(definitions) if wide or not one.get("priority")]


def _text(cell: Any) -> str:
    """A cell on one line; a null is nothing, as for a node without roles."""
    if cell is None:
        return "<none>"
    if isinstance(cell, bool):
        return str(cell).lower()
    text = str(cell)
    first, newline, _ = text.partition("\n")
    return f"{first}..." if newline else text
