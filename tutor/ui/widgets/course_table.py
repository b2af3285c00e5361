"""A table of a course's text: in columns where they fit, else each row below the other. No value is cut off."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets._markdown import Markdown, MarkdownTable

from tutor.ui.widgets.hanging import hanging

GAP = 3
"""Cells between columns."""
LEAST = 16
"""Cells of a column that are worth wrapping in."""
HEAD, QUIET = "bold $text-primary", "$foreground 60%"


def table_lines(headers: Sequence[Content], rows: Sequence[Sequence[Content]], width: int) -> list[Content]:
    """The lines of a table, none wider than `width` where a word of it is not."""
    columns = list(zip(*[headers, *rows], strict=False))
    if not columns:
        return []
    widths = _widths(columns, width - GAP * (len(columns) - 1))
    if widths:
        head = [[header.stylize(HEAD) for header in headers]] if any(header.plain for header in headers) else []
        return [line for row in (*head, *rows) for line in _in_columns(row, widths)]
    return _one_below_the_other(headers, rows, width)


def _widths(columns: Sequence[Sequence[Content]], room: int) -> list[int]:
    """Cells of each column: what it needs, else less where its words stay whole. Empty: they do not fit."""
    needed = [max(cell.cell_length for cell in column) for column in columns]
    least = [
        min(need, max(LEAST, *(cell_len(word) for cell in column for word in cell.plain.split() or [""])))
        for need, column in zip(needed, columns, strict=True)
    ]
    if sum(least) > room:
        return []
    widths = list(least)
    for _ in range(min(room, sum(needed)) - sum(least)):
        neediest = max(range(len(widths)), key=lambda at: (needed[at] - widths[at], -at))
        widths[neediest] += 1
    return widths


def _in_columns(row: Sequence[Content], widths: Sequence[int]) -> list[Content]:
    cells = [cell.wrap(wide) or [Content("")] for cell, wide in zip(row, widths, strict=False)]
    height = max(map(len, cells))
    filled = [
        [line.pad_right(wide - line.cell_length) for line in (*lines, *[Content("")] * (height - len(lines)))]
        for lines, wide in zip(cells, widths, strict=False)
    ]
    return [Content(" " * GAP).join(parts).rstrip() for parts in zip(*filled, strict=True)]


def _one_below_the_other(headers: Sequence[Content], rows: Sequence[Sequence[Content]], width: int) -> list[Content]:
    widest = max(header.cell_length for header in headers)
    lines: list[Content] = []
    for row in rows:
        if lines:
            lines.append(Content(""))
        for header, cell in zip(headers, row, strict=False):
            if width - widest - GAP < LEAST < cell.cell_length:
                lines += [header.stylize(QUIET), *hanging(Content("  "), cell, width).split("\n", allow_blank=True)]
                continue
            front = header.stylize(QUIET).pad_right(widest - header.cell_length + GAP)
            lines += hanging(front, cell, width).split("\n", allow_blank=True)
    return lines


class TableText(Widget):
    DEFAULT_CSS = """
    TableText { width: 1fr; height: auto; padding: 0 1; }
    """

    def __init__(self, headers: list[Content], rows: list[list[Content]]) -> None:
        super().__init__()
        self.headers = headers
        self.rows = rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(table_lines(self.headers, self.rows, width))

    def render(self) -> Content:
        return Content("\n").join(table_lines(self.headers, self.rows, self.content_size.width))

    async def action_link(self, href: str) -> None:
        """What a link in a cell asks for, as any other block of the text does."""
        self.post_message(Markdown.LinkClicked(self.query_ancestor(Markdown), href))


class CourseTable(MarkdownTable):
    DEFAULT_CSS = """
    CourseTable { background: $surface 0%; }
    CourseTable:light { background: $surface 0%; }
    """

    def compose(self) -> ComposeResult:
        self._headers, self._rows = self._get_headers_and_rows()
        yield TableText(self._headers, self._rows)
