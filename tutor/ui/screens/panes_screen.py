"""The lesson screen's frame: what stands where at which size, and which pane is seen."""

from __future__ import annotations

from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from tutor.core.step import Step
from tutor.lesson.view import LessonPort, LessonView
from tutor.ui.live.panel import LivePanel
from tutor.ui.panes import LABELS, MIDDLE, Arrangement, Pane, arrangement
from tutor.ui.screens.drawing import done_text, pane_badges
from tutor.ui.short_words import hide, show_again
from tutor.ui.widgets.check_panel import CheckPanel
from tutor.ui.widgets.files_pane import FilesPane
from tutor.ui.widgets.hints_pane import HintsPane
from tutor.ui.widgets.key_row import KeyRow
from tutor.ui.widgets.notice import Notice
from tutor.ui.widgets.offer import Offer
from tutor.ui.widgets.result_bar import ResultBar
from tutor.ui.widgets.step_text import StepText
from tutor.ui.widgets.steps_panel import StepsPanel
from tutor.ui.widgets.strip import Name, NameStrip
from tutor.ui.widgets.top_bar import TopBar

NARROW = 60
"""Cells below which names do without their keys."""
FOCUS = {"files": "#code", "check": "FindingList", "hints": "#hint-text", "steps": "#step-list"}
"""Pane → what gets the focus in it; else the pane itself."""


class PanesScreen(Screen[None]):
    AUTO_FOCUS = ""

    pane: reactive[Pane] = reactive("task", init=False)
    arranged: reactive[Arrangement] = reactive(Arrangement(3, True), init=False)

    def __init__(self, lesson: LessonPort) -> None:
        super().__init__()
        self.lesson = lesson
        self.view: LessonView = lesson.view

    @property
    def step(self) -> Step:
        return next(step for step in self.view.steps if step.slug == self.view.current)

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield Notice()
        yield Offer()
        yield NameStrip(id="panes-top", classes="panes")
        with Horizontal(id="body"):
            yield StepsPanel(id="steps")
            with Vertical(id="middle"):
                yield NameStrip(id="panes", classes="panes")
                yield StepText(id="task")
                yield FilesPane(id="files")
                yield HintsPane(id="hints")
                yield StepText(id="done")
                yield CheckPanel(id="check")
            yield LivePanel(clock=self.lesson.now, id="live")
        yield ResultBar()
        yield KeyRow()

    def on_screen_suspend(self) -> None:
        hide(self)

    def on_screen_resume(self) -> None:
        show_again(self)

    def on_resize(self, event: events.Resize) -> None:
        self.arranged = arrangement(event.size.width, event.size.height)
        self.query_one(TopBar).room = event.size.width
        self.query_one(KeyRow).compact = event.size.width < NARROW
        self.name_panes()

    def watch_pane(self) -> None:
        self.place_panes()

    def watch_arranged(self, arranged: Arrangement) -> None:
        if self.pane in arranged.fixed:
            self.pane = "task"
        self.place_panes()

    def place_panes(self) -> None:
        seen = self.arranged.seen(self.pane)
        for pane in LABELS:
            self.query_one(f"#{pane}").display = pane in seen
        self.query_one("#middle").display = bool(seen & {*MIDDLE, "check"})
        for number, name in ((3, "-three"), (2, "-two"), (1, "-one")):
            self.set_class(self.arranged.columns == number, name)
        self.set_class(self.arranged.stacked, "-stacked")
        self.name_panes()
        self._focus_what_is_seen()
        self.call_after_refresh(self._focus_what_is_seen)

    def _focus_what_is_seen(self) -> None:
        """The arrow keys always move in something that is on the screen. Before it is hidden, as far as can be: what
        loses its place loses the focus to nothing."""
        focused = self.focused
        if focused is None or not all(node.display for node in focused.ancestors_with_self if isinstance(node, Widget)):
            self._widget_of(self.pane).focus(scroll_visible=False)

    def _widget_of(self, pane: str) -> Widget:
        return self.query_one(FOCUS.get(pane, f"#{pane}"))

    def name_panes(self) -> None:
        badges = pane_badges(self.view)
        narrow = self.size.width < NARROW
        numbers = {pane: "" if narrow else str(number) for number, pane in enumerate(LABELS, 1)}
        names = tuple(
            Name(pane, LABELS[pane], numbers[pane], *badges.get(pane, ("", "")))
            for pane in self.arranged.choices(bool(done_text(self.view)))
        )
        for strip in self.query(".panes").results(NameStrip):
            strip.names, strip.chosen = names, self.pane

    def action_pane(self, pane: str) -> None:
        wanted = cast(Pane, pane)
        if wanted == "done" and not done_text(self.view):
            self.notify("What happened and why can be read here when the step is passed.")
            return
        if wanted not in self.arranged.fixed:
            self.pane = wanted
        widget = self._widget_of(pane)
        if widget.focusable:
            widget.focus()
        else:
            self.call_after_refresh(widget.focus)

    def on_name_strip_chosen(self, event: NameStrip.Chosen) -> None:
        self.action_pane(event.name)
