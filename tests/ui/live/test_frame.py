"""A drawing of the live view at any moment, in any size, of whatever was recorded."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import cycle

import pytest

from tests.recorded import NAMES, entries_of, services
from tests.ui.live.panel_app import VIEW
from tutor.core.pictures.drawing import ASCII, UNICODE, Line, text_of, width_of
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lanes import ZOOMS
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Entry, EventSeen, PodChanged, Timeline
from tutor.ui.live.frame import Frame, compose

SIZES = ((160, 48), (80, 24), (66, 40), (40, 15), (57, 9), (20, 5), (10, 1), (250, 90))


def frame_of(entries: list[Entry], at: float, size: tuple[int, int], zoom: float, ascii_only: bool = False) -> Frame:
    timeline, histories = Timeline(entries), Histories()
    histories.update(timeline)
    view = replace(VIEW, snapshot=ClusterSnapshot("default", at).with_kind("Service", services(), at))
    return compose(view, timeline, histories, at, zoom, size, ASCII if ascii_only else UNICODE, live=False)


def lines_of(frame: Frame) -> list[Line]:
    rows = [frame.row(index) for index in range(len(frame.rows))]
    return [frame.head, *rows, *frame.nothing, *frame.shown_services, *frame.lanes, *frame.events]


@pytest.mark.parametrize("name", NAMES)
def test_every_line_fits_at_every_moment_and_size(name: str) -> None:
    entries = entries_of(name)
    sizes, zooms = cycle(SIZES), cycle(ZOOMS)
    at, end = entries[0].at - 5, entries[-1].at + 20
    at = max(at, end - 400)
    while at < end:
        size = next(sizes)
        frame = frame_of([entry for entry in entries if entry.at <= at], at, size, next(zooms))
        width, height = size
        # The narrowest columns need more than twenty cells: there the terminal cuts.
        wide = [width_of(line) for line in lines_of(frame)]
        assert max(wide, default=0) <= max(width, 44)
        shown = 2 + frame.height + len(frame.shown_services) + len(frame.lanes) + len(frame.events)
        assert shown <= max(height, 2) + 1
        at += 9.7


@pytest.mark.parametrize("seed", range(12))
def test_a_recording_with_holes_and_out_of_order_breaks_nothing(seed: int) -> None:
    """Old files, torn lines and clocks that jump make recordings that no cluster would."""
    chance = random.Random(seed)
    entries = [entry for entry in entries_of(chance.choice(NAMES)) if chance.random() < 0.6]
    for index in chance.sample(range(len(entries)), len(entries) // 4):
        entries[index] = replace(entries[index], at=entries[index].at + chance.uniform(-40, 40))
    at = entries[-1].at - chance.uniform(-5, 60)
    frame = frame_of(entries, at, chance.choice(SIZES), chance.choice(ZOOMS), ascii_only=bool(seed % 2))
    lines = lines_of(frame)
    assert lines
    if seed % 2:
        assert all(span.text.isascii() for line in lines for span in line)


def test_what_is_drawn_of_the_past_does_not_know_the_future() -> None:
    entries = entries_of("rolling-update-without-readiness")
    at = entries[-1].at - 45
    whole = frame_of(entries, at, (120, 40), 1.0)
    then = frame_of([entry for entry in entries if entry.at <= at], at, (120, 40), 1.0)
    rows = [[frame.row(index) for index in range(len(frame.rows))] for frame in (whole, then)]
    assert rows[0] == rows[1]
    assert whole.events == then.events


def test_a_sign_that_is_drawn_is_told_where_there_is_no_room_for_all() -> None:
    entries = [entry for entry in entries_of("crash") if not isinstance(entry, EventSeen)]
    restart = next(entry.at for entry in entries if isinstance(entry, PodChanged) and entry.restarts)
    small, large = (
        [text_of(line) for line in frame_of(entries, restart + 10, (80, height), 1.0).lanes] for height in (18, 40)
    )
    legend = next(line for line in small if "answered" in line)
    assert "restarted" in legend
    assert "terminating" not in "".join(small)
    assert "terminating" in "".join(large)
