"""One file: line numbers, colours, and what was found, marked at its line and told below it.

Draws only the rows that are seen, so that a long file costs no more than a short one.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual

from tutor.core.finding import Finding
from tutor.ui.widgets.code_rows import Row, drawn_lines, rows, split_lines
from tutor.ui.widgets.room import room_of
from tutor.ui.words import finding_mark

BEFORE, AFTER = 2, 1
"""Rows around a finding that are brought into view with it."""


MORE = Content.styled("…", "$foreground 60%")
"""In the last cell of a line that goes on beyond it: the right arrow key leads there."""


class CodeView(ScrollView, can_focus=True):
    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", show=False),
        Binding("down,j", "scroll_down", show=False),
        Binding("left", "scroll_left", show=False),
        Binding("right", "scroll_right", show=False),
    ]
    DEFAULT_CSS = """
    CodeView { height: 1fr; background: $background; scrollbar-size: 0 1; }
    """

    text: reactive[str] = reactive("")
    findings: reactive[tuple[Finding, ...]] = reactive(())
    """Those of this file."""
    selected: reactive[Finding | None] = reactive(None)

    class FindingClicked(Message):
        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._source: list[str] = []
        self._lines: list[Content] = []
        self._rows: list[Row] = []
        self._built_for = -1
        self._height = 0

    @property
    def allow_select(self) -> bool:
        return True

    @property
    def numbers(self) -> int:
        """Cells of the mark, the number and the space behind it."""
        return max(len(str(len(self._lines))), 2) + 3

    def watch_text(self, text: str) -> None:
        self._source = split_lines(text)
        self._lines = drawn_lines(text, yaml=not text.lstrip().startswith("{"))
        self._build()

    def watch_findings(self) -> None:
        self._build()

    def watch_selected(self) -> None:
        self._build()

    def on_resize(self) -> None:
        finding = self.selected
        seen = finding is not None and self._seen_in(finding, self._height)
        self._height = self.scrollable_content_region.height
        if self._built_for != self.scrollable_content_region.width:
            self._build()
        if finding is not None and seen and not self.sees(finding):
            self.show_finding(finding)

    def watch_show_vertical_scrollbar(self) -> None:
        # The scrollbar takes a column, and no resize tells of it.
        self.on_resize()

    def on_mount(self) -> None:
        self._build()

    def _build(self) -> None:
        width = room_of(self)
        self._built_for = width
        self._rows = rows(self._lines, self.findings, max(width - self.numbers, 10), self.selected)
        widest = max((row.content.cell_length for row in self._rows), default=0)
        self.virtual_size = Size(max(widest + self.numbers, 1), len(self._rows))
        self.refresh()

    def show_finding(self, finding: Finding) -> None:
        """Bring the finding's line and what is told of it into view, with a line or two around them."""
        height = self.scrollable_content_region.height
        span = self._span(finding, height)
        if span is None or not height:
            return
        first, last = span
        top = self.scroll_offset.y
        if first < top or height < last - first + 1:
            self.scroll_to(y=first, animate=False, force=True)
        elif last >= top + height:
            self.scroll_to(y=last + 1 - height, animate=False, force=True)

    def sees(self, finding: Finding) -> bool:
        """Whether the line of a finding, what is told of it and a line around them are on the screen: all that fits."""
        return self._seen_in(finding, self.scrollable_content_region.height)

    def _seen_in(self, finding: Finding, height: int) -> bool:
        span = self._span(finding, height)
        if span is None or not height:
            return False
        first, last = span
        top = self.scroll_offset.y
        return top <= first and (last < top + height or first == top)

    def _span(self, finding: Finding, height: int) -> tuple[int, int] | None:
        """First and last row that are wanted on the screen for a finding: from its line on, if there is room."""
        told = [y for y, row in enumerate(self._rows) if row.finding == finding]
        if not told:
            return None
        line = next((y for y in range(told[0], -1, -1) if self._rows[y].number), told[0])
        first, last = max(line - BEFORE, 0), min(told[-1] + AFTER, len(self._rows) - 1)
        return (first, last) if last - first < height else (min(max(told[-1] + 1 - height, line), told[0]), last)

    def render_line(self, y: int) -> Strip:
        scroll_x, scroll_y = self.scroll_offset
        width = self.size.width
        base = self.visual_style
        index = scroll_y + y
        if index >= len(self._rows):
            return Strip.blank(width, base.rich_style)
        row = self._rows[index]
        style = base + self._get_style(f"on {row.tint}") if row.tint else base
        gutter = Visual.to_strips(self, self._gutter_of(row), self.numbers, 1, style, apply_selection=False)[0]
        # A scrollbar lies over the last column of `size`.
        room = max(self.scrollable_content_region.width - self.numbers, 0)
        content = self._selected_part(row, index)
        code = Visual.to_strips(self, content, max(content.cell_length, 1), 1, style, apply_selection=False)[0]
        code = code.crop_extend(scroll_x, scroll_x + room, style.rich_style).apply_offsets(scroll_x, index)
        if content.cell_length > scroll_x + room > 0:
            more = Visual.to_strips(self, MORE, 1, 1, style, apply_selection=False)[0]
            return Strip.join([gutter, code.crop(0, room - 1), more])
        return Strip.join([gutter, code])

    def _gutter_of(self, row: Row) -> Content:
        digits = self.numbers - 3
        if row.number == 0:
            return Content(" " * self.numbers)
        if row.finding is None:
            return Content.styled(f"  {row.number:>{digits}} ", "$foreground 60%")
        mark = finding_mark(row.finding)
        return Content.styled(f"{mark.sign} {row.number:>{digits}} ", f"bold {mark.style}")

    def _selected_part(self, row: Row, index: int) -> Content:
        selection = self.text_selection
        span = selection.get_span(index) if selection is not None else None
        if span is None:
            return row.content
        start, end = span
        colours = self.screen.get_component_styles("screen--selection")
        return row.content.stylize(f"on {colours.background.hex}", start, len(row.content) if end == -1 else end)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What was selected, as it stands in the file: without numbers, tabs as tabs."""
        text = "\n".join(
            self._source[row.number - 1] if 0 < row.number <= len(self._source) else row.content.plain
            for row in self._rows
        )
        return selection.extract(text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.scroll_offset.y
        if index < len(self._rows) and (finding := self._rows[index].finding) is not None:
            self.post_message(self.FindingClicked(finding))
