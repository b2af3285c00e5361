"""Traffic and pods as cells: tables of entries and what each cell shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tutor.core.calls import Gap
from tutor.core.pictures.draw_lanes import bar_lines, lane_picture
from tutor.core.pictures.drawing import UNICODE, text_of
from tutor.core.pictures.histories import Histories, History
from tutor.core.pictures.lanes import (
    MOST_BARS,
    Axis,
    PodPhase,
    away_cells,
    axis_until,
    pod_bar,
    pod_bars,
    ticks,
    traffic_lane,
)
from tutor.core.timeline import Answered, PodChanged, Timeline

SIGNS = {" ": PodPhase.ABSENT, "#": PodPhase.READY, ".": PodPhase.NOT_READY, "~": PodPhase.TERMINATING}
POD = PodChanged(
    10.0,
    "u1",
    "user-5f-abcde",
    "user",
    "user-5f",
    "Running",
    "Running",
    True,
    1,
    1,
    0,
    "homics/user-activity:1.0.0",
    9.0,
)
AXIS = Axis(10.0, 1.0, 10)


def drawn(cells: tuple[PodPhase, ...]) -> str:
    return "".join(" #~.R"[phase] for phase in cells)


@pytest.mark.parametrize(
    ("now", "per_cell", "start", "end"),
    [(19.5, 1.0, 10.0, 20.0), (20.0, 1.0, 11.0, 21.0), (19.99, 0.25, 17.5, 20.0), (119.0, 5.0, 70.0, 120.0)],
)
def test_the_axis_ends_with_the_cell_of_now_and_begins_at_a_whole_cell(
    now: float, per_cell: float, start: float, end: float
) -> None:
    axis = axis_until(now, per_cell, 10)
    assert (axis.start, axis.end) == (pytest.approx(start), pytest.approx(end))
    assert axis.cell(now) == 9


def test_the_axis_moves_by_whole_cells() -> None:
    starts = {axis_until(1_000.0 + n / 10, 1.0, 60).start for n in range(30)}
    assert starts == {941.0, 942.0, 943.0}


@pytest.mark.parametrize(
    ("calls", "versions", "errors"),
    [
        ([(10.2, "1.0.0", "")], "1.0.0", ""),
        ([(10.2, "", "timeout")], "", "timeout"),
        ([(10.2, "1.0.0", ""), (10.7, "", "refused")], "1.0.0", "refused"),
        ([(10.1, "1.0.0", ""), (10.4, "2.0.0", ""), (10.8, "2.0.0", "")], "2.0.0", ""),
        ([(10.1, "", "timeout"), (10.4, "", "http-500"), (10.8, "", "http-500")], "", "http-500"),
    ],
)
def test_calls_of_one_second_share_a_cell_and_an_error_is_never_hidden(
    calls: list[tuple[float, str, str]], versions: str, errors: str
) -> None:
    lane = traffic_lane([Answered(*call) for call in calls], (), {"1.0.0", "2.0.0"}, AXIS, 20.0)
    cell = lane.cells[0]
    assert cell is not None
    assert (cell.version, cell.error) == (versions, errors)
    assert lane.cells[1:] == (None,) * 9


def test_versions_have_lanes_in_the_order_of_their_numbers_even_when_none_answers_in_the_window() -> None:
    lane = traffic_lane([], (), {"10.0.0", "2.0.0", "2.0.0-rc"}, AXIS, 20.0)
    assert lane.versions == ("2.0.0-rc", "2.0.0", "10.0.0")


@pytest.mark.parametrize(
    ("gaps", "now", "away"),
    [
        ([Gap(12.0, 14.0)], 20.0, [2, 3]),
        ([Gap(12.6, 14.4)], 20.0, [3]),
        ([Gap(12.4, 14.6)], 20.0, [2, 3, 4]),
        ([Gap(17.0, None)], 18.9, [7, 8]),
        ([Gap(17.0, None)], 18.01, [7, 8]),
        ([Gap(17.0, None)], 18.0, [7, 8]),
        ([Gap(17.0, None)], 17.0, []),
        ([Gap(17.3, None)], 17.4, []),
        ([Gap(17.3, None)], 17.7, [7]),
        ([Gap(17.0, 18.1)], 18.15, [7, 8]),
        ([Gap(17.0, 18.1)], 18.25, [7]),
        ([Gap(0.0, 11.0), Gap(19.0, 99.0)], 20.0, [0, 9]),
        ([Gap(0.0, 5.0), Gap(30.0, None)], 20.0, []),
    ],
)
def test_cells_in_which_nothing_was_seen(gaps: list[Gap], now: float, away: list[int]) -> None:
    assert [index for index, gone in enumerate(away_cells(gaps, AXIS, now)) if gone] == away


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        pytest.param([], 19.9, "##########", id="ready all the time"),
        pytest.param([(13.0, {"ready": False})], 15.9, "###...    ", id="not ready since, and nothing after now"),
        pytest.param(
            [(12.3, {"ready": False}), (14.1, {"ready": True, "restarts": 1})], 19.9, "##..R#####", id="a crash"
        ),
        pytest.param(
            [(12.1, {"ready": False}), (12.4, {"ready": True, "restarts": 1})],
            19.9,
            "##R#######",
            id="a crash within one cell is still seen",
        ),
        pytest.param(
            [(12.0, {"terminating": True}), (15.0, {"terminating": True, "gone": True})],
            19.9,
            "##~~~     ",
            id="terminated and gone",
        ),
        pytest.param([(10.5, {"gone": True})], 19.9, "#         ", id="gone at once"),
    ],
)
def test_the_bar_of_a_pod(changes: list[tuple[float, dict[str, object]]], now: float, expected: str) -> None:
    history = History(POD)
    for at, change in changes:
        history.add(replace(history.last, at=at, **change))  # type: ignore[arg-type]
    bar = pod_bar(history, AXIS, now)
    assert bar is not None
    assert drawn(bar.cells) == expected
    assert bar.version == "1.0.0"


def test_a_bar_begins_where_its_pod_begins() -> None:
    bar = pod_bar(History(replace(POD, at=14.2, ready=False)), AXIS, 19.9)
    assert bar is not None
    assert drawn(bar.cells) == "    ......"


def test_a_restart_before_the_window_leaves_no_mark() -> None:
    history = History(replace(POD, at=2.0))
    history.add(replace(POD, at=5.0, restarts=1))
    bar = pod_bar(history, AXIS, 19.9)
    assert bar is not None
    assert drawn(bar.cells) == "##########"


def test_a_restart_that_nobody_saw_leaves_no_mark_at_the_time_at_which_it_was_found() -> None:
    bar = pod_bar(History(POD), AXIS, 20.0)
    assert bar is not None
    history = History(POD)
    history.add(replace(POD, at=14.5, restarts=1, listed=True))
    assert pod_bar(history, AXIS, 20.0) == bar
    history.add(replace(POD, at=16.5, restarts=2))
    assert drawn(pod_bar(history, AXIS, 20.0).cells) == "######R###"  # type: ignore[union-attr]


def test_what_was_recorded_on_another_cluster_has_no_bar() -> None:
    assert pod_bar(History(POD), AXIS, 19.9, world_began=11.0) is None


def test_bars_are_of_the_asked_deployments_oldest_first_and_left_out_when_gone_before() -> None:
    histories = Histories()
    new = replace(POD, at=12.0, uid="u2", name="user-5f-new", created=12.0)
    other = replace(POD, uid="u3", name="gateway-1-x", deployment="gateway")
    gone = replace(POD, at=1.0, uid="u4", name="user-5f-gone", created=0.0)
    histories.update(Timeline([new, POD, other, gone, replace(gone, at=3.0, gone=True)]))
    bars, more = pod_bars(histories, AXIS, 19.9, ("user",))
    assert [bar.uid for bar in bars] == ["u1", "u2"]
    assert more == 0
    assert {bar.uid for bar in pod_bars(histories, AXIS, 19.9)[0]} == {"u1", "u2", "u3"}


def test_of_very_many_pods_the_newest_have_bars_and_the_rest_is_counted() -> None:
    histories = Histories()
    pods = [replace(POD, uid=f"u{n}", name=f"user-5f-{n:04}", created=float(n)) for n in range(100)]
    histories.update(Timeline(pods))
    bars, more = pod_bars(histories, AXIS, 19.9, ("user",))
    assert (len(bars), more) == (MOST_BARS, 100 - MOST_BARS)
    assert bars[-1].uid == "u99"


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (Axis(1_000.0, 1.0, 60), [5, 20, 35, 50]),
        (Axis(1_000.0, 0.25, 60), [0, 20, 40]),
        (Axis(1_200.0, 60.0, 60), [10, 25, 40, 55]),
    ],
)
def test_ticks_stand_at_round_times(axis: Axis, expected: list[int]) -> None:
    assert ticks(axis) == expected


def test_where_few_bars_have_room_those_of_pods_that_are_there_stay() -> None:
    old = replace(POD, at=0.0, uid="u0", name="user-5f-serves", created=0.0)
    tried = replace(POD, at=20.0, uid="u2", name="user-6a-tried", created=20.0, ready=False)
    hangs = replace(tried, at=40.0, uid="u3", name="user-6a-hangs", created=40.0)
    timeline = Timeline([old, tried, replace(tried, at=30.0, gone=True), hangs])
    histories = Histories()
    histories.update(timeline)
    picture = lane_picture(timeline, histories, 60.0, 1.0, 75)
    names = [[text_of(line).split()[0] for line in bar_lines(picture, 75, UNICODE, most)] for most in (0, 1, 2, 3)]
    assert names == [[], ["…hangs"], ["…serves", "…hangs"], ["…serves", "…tried", "…hangs"]]
