"""The table of Deployments, ReplicaSets and pods: thousands of rows, of which those that are seen exist."""

from __future__ import annotations

from tutor.ui.live.frame import Frame
from tutor.ui.live.lines_view import LinesView

SELDOM = 5.0
"""Seconds between two drawings of ages where no second matters."""


class RowsView(LinesView):
    """A table of as many rows as there are, seen through a window that scrolls."""

    DEFAULT_CSS = "RowsView { height: 0; overflow-y: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's own name)
        super().__init__(id=id)
        self.moved = False
        """Whether the learner has scrolled by hand."""
        self._high = -1
        self._shown_at = float("-inf")
        self._block: tuple[int, int] | None = None
        """The rows to see where not all fit."""

    def show_frame(self, frame: Frame, *, only_older: bool = False) -> None:
        """Its rows, or what is said instead. Those to see are brought up where not all fit and nobody scrolled.

        `only_older`: nothing happened since the last frame, time went on.
        """
        if only_older and frame.at - self._shown_at < SELDOM and not frame.seconds_matter:
            return
        self._shown_at = frame.at
        if frame.height != self._high:
            self._high = frame.height
            self.styles.height = frame.height
        if frame.rows:
            self.show(len(frame.rows), frame.row)
        else:
            self.show_lines(frame.nothing)
        self._block = frame.block
        self._bring_up()

    def on_resize(self) -> None:
        """Its new height comes after the drawing for it."""
        self._bring_up()

    def _bring_up(self) -> None:
        """Scroll so that the rows of `_block` are seen: the last one, and the first as far as there is room."""
        height = self.size.height
        if height <= 0 or self._block is None or self.moved:
            return
        first, last = self._block
        top = min(first, max(0, self.count - height)) if last >= height else 0
        if round(self.scroll_offset.y) != top:
            self.scroll_to(y=top, animate=False)

    def on_mouse_scroll_down(self) -> None:
        self.moved = True

    def on_mouse_scroll_up(self) -> None:
        self.moved = True
