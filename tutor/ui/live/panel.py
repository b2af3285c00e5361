"""The live panel: what the cluster is like at the moment that is shown, and how it came to be so.

It is fed by `show` and asks nothing itself. Between two calls it goes on counting the seconds. It sleeps until there is
something to draw: a change that came too soon after the last drawing, the next second, the next picture of a replay.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Hashable
from time import monotonic, process_time
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from tutor.core.pictures.draw_lanes import gutter
from tutor.core.pictures.drawing import ASCII, UNICODE, Glyphs
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lanes import ZOOMS
from tutor.core.pictures.playback import LIVE, Mode, Playback
from tutor.core.pictures.transitions import last_before, last_happening, next_after, transitions
from tutor.core.timeline import Timeline
from tutor.lesson.news import happened
from tutor.lesson.view import Connection, LessonView
from tutor.ui.ascii import wants_ascii
from tutor.ui.live.control_bar import ControlBar
from tutor.ui.live.frame import Frame, compose
from tutor.ui.live.keys import live_bindings
from tutor.ui.live.lines_view import LinesView
from tutor.ui.live.pace import CALM_TICK, TICK, Pace
from tutor.ui.live.rates import RATES
from tutor.ui.live.rows_view import RowsView

BEFORE = 3.0
"""Seconds that a replay begins before the first change."""
AFTER = 6.0


class LivePanel(Vertical, can_focus=True):
    """Pods, Services, lanes and Events."""

    DEFAULT_CSS = """
    LivePanel { height: 1fr; width: 1fr; }
    LivePanel > LinesView { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*live_bindings()]

    class TrafficToggled(Message):
        """The learner wants the version poll to run, or not."""

        def __init__(self, running: bool) -> None:
            super().__init__()
            self.running = running

    class ExportRequested(Message):
        """The window that is shown is to be saved: `kind` "svg" or "text".

        `end`, `per_cell` and `cells` name the window.
        """

        def __init__(self, kind: str, end: float, per_cell: float, cells: int) -> None:
            super().__init__()
            self.kind = kind
            self.end = end
            self.per_cell = per_cell
            self.cells = cells

    def __init__(
        self,
        *,
        clock: Callable[[], float] | None = None,
        glyphs: Glyphs | None = None,
        id: str | None = None,  # noqa: A002 (Textual's own name)
    ) -> None:
        """`clock`: Unix seconds; without one the time of the last `show` goes on by the machine's own clock.

        `glyphs`: those that the terminal can show, else found by its encoding.
        """
        super().__init__(id=id)
        self._clock = clock
        self._offset = 0.0
        self._glyphs = glyphs or _terminal_glyphs()
        self._view: LessonView | None = None
        self._timeline = Timeline()
        self._histories = Histories()
        self._playback = LIVE
        self._zoom = ZOOMS.index(1.0)
        self._said = ""
        self._frame: Frame | None = None
        self._pace = Pace()
        self._drawn_news: Hashable = None
        """What the timeline told when it was drawn, but for answers that say what the last one said."""
        self._changed = False
        self._head, self._rows = LinesView(id="live-head"), RowsView(id="live-rows")
        self._services, self._control = LinesView(id="live-services"), ControlBar(id="live-control")
        self._lanes, self._events = LinesView(id="live-lanes"), LinesView(id="live-events")
        self._alarm: Timer | None = None
        self._alarm_at = float("inf")

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._rows
        yield self._services
        yield self._control
        yield self._lanes
        yield self._events

    def on_mount(self) -> None:
        self._look()

    def on_show(self) -> None:
        self._look()

    # What is shown.

    def show(self, view: LessonView, timeline: Timeline, now: float) -> None:
        """Draw this state of the lesson, now or a tenth of a second later."""
        before, self._view, self._timeline = self._view, view, timeline
        self._offset = now - monotonic()
        if before is None or _shown_of(before) != _shown_of(view):
            self._changed = True
        self._pace.stir()
        self._look()

    @property
    def playback(self) -> Playback:
        return self._playback

    @property
    def per_cell(self) -> float:
        return ZOOMS[self._zoom]

    def now(self) -> float:
        return self._clock() if self._clock is not None else monotonic() + self._offset

    @property
    def position(self) -> float:
        """The moment that is shown, Unix seconds."""
        return self._playback.position(self.now())

    def on_resize(self, event: events.Resize) -> None:
        self._changed = True
        self.call_after_refresh(self._draw)

    def _look(self) -> None:
        """Draw where there is something to draw and it is time for it, and say when to look next."""
        if self._view is None:
            return
        if not self._is_seen():
            self._look_in(TICK)
            return
        due = self._is_due()
        if self._left(due) <= 0:
            self._draw(only_older=not due)
            due = self._is_due()
        self._look_in(min(self._left(due), CALM_TICK))

    def _left(self, due: bool) -> float:
        return self._pace.left(due=due, live=self._playback.mode is Mode.LIVE)

    def _is_due(self) -> bool:
        """Whether the screen shows another moment, or another state of it, than it should."""
        if self._changed or self._playback.mode is Mode.REPLAY:
            return True
        return self._playback.mode is Mode.LIVE and happened(self._timeline, self.now()) != self._drawn_news

    def _look_in(self, seconds: float) -> None:
        """Look again after so long, or sooner if that was said before."""
        at = monotonic() + seconds
        if self._alarm is not None:
            if self._alarm_at <= at:
                return
            self._alarm.stop()
        self._alarm, self._alarm_at = self.set_timer(seconds, self._rang), at

    def _rang(self) -> None:
        self._alarm = None
        self._look()

    def _is_seen(self) -> bool:
        """Whether anybody can see it: nothing is drawn below another screen or in a pane that is closed."""
        return self.is_mounted and self.is_on_screen and (self.screen.is_current or self.app.screen.is_modal)

    def _draw(self, *, only_older: bool = False) -> None:
        """`only_older`: nothing happened since the last drawing, time went on."""
        began = process_time()
        self._changed = False
        self._draw_parts(only_older=only_older)
        self._pace.drawn(process_time() - began)

    def _draw_parts(self, *, only_older: bool) -> None:
        view, width, height = self._view, self.size.width, self.size.height
        if view is None or width < 10 or height < 1:
            return
        self._drawn_news = happened(self._timeline, self.now())
        self._histories.update(self._timeline)
        now = self.now()
        if self._playback.over(now):
            self._playback, self._said = LIVE, ""
        at = self._playback.position(now)
        live = self._playback.mode is Mode.LIVE
        before = self._frame if only_older else None
        frame = self._frame = compose(
            view,
            self._timeline,
            self._histories,
            at,
            self.per_cell,
            (width, height),
            self._glyphs,
            live=live,
            before=before,
        )
        self._head.show_lines([frame.head])
        self._rows.show_frame(frame, only_older=only_older)
        self._services.show_lines(frame.shown_services)
        said = self._said or _remark(view)
        self._control.say(self._playback, at, self.per_cell, said, width, self._glyphs)
        self._lanes.show_lines(frame.lanes)
        self._events.show_lines(frame.events)

    # What the learner does.

    def on_control_bar_pressed(self, event: ControlBar.Pressed) -> None:
        event.stop()
        self.call_later(self.run_action, event.action)

    def on_lines_view_link_chosen(self, event: LinesView.LinkChosen) -> None:
        event.stop()
        self.app.open_url(event.url)

    def action_pause(self) -> None:
        self._turn(self._playback.toggled(self.now()))

    def action_live(self) -> None:
        self._rows.moved = False
        self._turn(LIVE)

    def action_scroll(self, direction: int) -> None:
        """A sixth of the window back or on."""
        cells = max(1, self._cells() // 6)
        by = direction * cells * self.per_cell
        self._turn(self._playback.moved(by, self.now(), self._earliest()))

    def action_jump(self, direction: int) -> None:
        """To the change before or after the moment that is shown."""
        found, at = transitions(self._timeline), self.position
        moment = next_after(found, at) if direction > 0 else last_before(found, at)
        if moment is None:
            self._turn(LIVE if direction > 0 else self._playback, "no change before this one" if direction < 0 else "")
        else:
            self._turn(self._playback.held(moment.until), moment.text)

    def action_replay(self) -> None:
        """The last happening, or from the moment that is held, at a quarter of the speed; again: the next speed."""
        now = self.now()
        if self._playback.mode is Mode.REPLAY:
            self._turn(self._playback.next_speed(now))
            return
        if self._playback.mode is Mode.PAUSED:
            self._turn(self._playback.replaying(self._playback.at, now, now))
            return
        happening = last_happening(transitions(self._timeline), now)
        if happening is None:
            self._turn(LIVE, "nothing has happened yet")
        else:
            start, end = happening
            self._turn(self._playback.replaying(start - BEFORE, min(now, end + AFTER), now))

    def action_zoom(self, direction: int) -> None:
        self._zoom = min(max(self._zoom + direction, 0), len(ZOOMS) - 1)
        self._draw()
        self._look()

    def action_export(self, kind: str) -> None:
        self.post_message(self.ExportRequested(kind, self.position, self.per_cell, self._cells()))

    def _cells(self) -> int:
        return max(1, self.size.width - gutter(self.size.width))

    def action_traffic(self) -> None:
        running = self._view is not None and self._view.traffic.running
        self.post_message(self.TrafficToggled(not running))

    def action_rows(self, by: int) -> None:
        self._rows.moved = True
        self._rows.scroll_relative(y=by, animate=False)

    def _turn(self, playback: Playback, said: str = "") -> None:
        self._playback, self._said = playback, said
        self._pace.stir()
        self._draw()
        self._look()

    def _earliest(self) -> float:
        first = next(iter(self._timeline), None)
        return first.at if first is not None else self.now()


def _shown_of(view: LessonView) -> tuple[object, ...]:
    """What the panel shows of a view, besides the timeline."""
    return view.connection, view.traffic, view.service_urls, view.snapshot


def _terminal_glyphs() -> Glyphs:
    encoding = getattr(sys.__stdout__, "encoding", "") or "utf-8"
    return ASCII if wants_ascii(os.environ, encoding) else UNICODE


def _remark(view: LessonView) -> str:
    """What keeps the calls from being made, or that there are more of them than usual."""
    if view.connection.state is Connection.LOST:
        return "the cluster is away"
    if not view.traffic.running:
        return "no calls are made (t starts them)"
    if view.traffic.theirs:
        return "another tutor makes the calls"
    return f"{view.traffic.rate:g} calls a second" if view.traffic.rate != RATES[0] else ""
