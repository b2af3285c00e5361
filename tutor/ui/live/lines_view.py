"""Lines of spans on the screen: only what is seen is made, and only what differs is drawn again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, get_args

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tutor.core.pictures.drawing import Line, Role

ROLES: tuple[Role, ...] = get_args(Role)
Make = Callable[[int], Line]


class LinesView(ScrollView):
    """`show` takes how many lines there are and how to make one; lines outside the view are never made."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"live--{role}" for role in ROLES}
    DEFAULT_CSS = """
    LinesView {
        height: auto;
        overflow: hidden hidden;
        scrollbar-size-vertical: 1;
        & > .live--dim { color: $foreground-muted; }
        & > .live--title { text-style: bold; }
        & > .live--head { color: $foreground-muted; background: $panel; text-style: bold; }
        & > .live--good { color: $text-success; }
        & > .live--warn { color: $text-warning; }
        & > .live--bad { color: $text-error; }
        & > .live--leaving { color: $text-accent; }
        & > .live--gone { color: $foreground-disabled; text-style: strike; }
        & > .live--new { color: $text-primary; text-style: bold; }
        & > .live--away { color: $text-warning; }
        & > .live--link { color: $text-primary; text-style: underline; }
        & > .live--version1 { color: $text-primary; }
        & > .live--version2 { color: $text-accent; }
        & > .live--version3 { color: $text-secondary; }
        & > .live--error { color: $text-error; text-style: bold; }
    }
    """

    class LinkChosen(Message):
        """A URL was clicked."""

        def __init__(self, url: str) -> None:
            super().__init__()
            self.url = url

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.count = 0
        self._make: Make = lambda _: ()
        self._drawn: dict[int, tuple[Line, Strip]] = {}
        self._styles: dict[str, Style] = {}

    def show(self, count: int, make: Make) -> None:
        """Draw these lines where they differ from those that are there."""
        self._make = make
        if count != self.count:
            self.count = count
            self.virtual_size = Size(self.size.width, count)
        top, (width, height) = self.scroll_offset.y, self.size
        seen = range(top, min(count, top + max(1, height)))
        before, self._drawn = self._drawn, {}
        other: list[int] = []
        for y in seen:
            line = make(y)
            old = before.get(y)
            if old is not None and old[0] == line:
                self._drawn[y] = old
            else:
                self._drawn[y] = (line, self._strip(line))
                other.append(y)
        other += [y for y in before if y not in self._drawn and top <= y < top + height]
        if other:
            # All at once: each refresh has a price of its own.
            self.refresh(*(Region(0, y - top, max(self.virtual_size.width, width), 1) for y in other))

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.show(len(lines), lambda index: lines[index] if index < len(lines) else ())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.count

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        index, width = top + y, self.size.width
        base = self._style("text")
        if index >= self.count:
            return Strip.blank(width, base)
        drawn = self._drawn.get(index)
        if drawn is None:
            line = self._make(index)
            drawn = self._drawn[index] = (line, self._strip(line))
        strip = drawn[1]
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(index)) is not None:
            strip = self._selected(strip, *span)
        return strip.crop_extend(left, left + width, base).apply_offsets(left, index)

    def on_click(self, event: events.Click) -> None:
        if event.style.link:
            event.stop()
            self.post_message(self.LinkChosen(event.style.link))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        texts = ["".join(span.text for span in self._make(index)) for index in range(self.count)]
        return selection.extract("\n".join(texts)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._drawn.clear()

    def _strip(self, line: Line) -> Strip:
        return Strip([Segment(text, self._style_of(text, role)) for text, role in line if text])

    def _style_of(self, text: str, role: Role) -> Style:
        style = self._style(role)
        # The terminal may offer to open it; one that is cut short leads nowhere.
        whole = role == "link" and text.startswith("http") and not text.endswith(("…", "~"))
        return style + Style(link=text) if whole else style

    def _style(self, role: Role) -> Style:
        style = self._styles.get(role)
        if style is None:
            style = self.rich_style
            if role != "text":
                style += self.get_component_rich_style(f"live--{role}")
            self._styles[role] = style
        return style

    def _selected(self, strip: Strip, start: int, end: int) -> Strip:
        length = strip.cell_length
        end = length if end == -1 else min(end, length)
        if start >= end:
            return strip
        style = self.screen.get_component_rich_style("screen--selection")
        return Strip.join([strip.crop(0, start), strip.crop(start, end).apply_style(style), strip.crop(end, length)])
