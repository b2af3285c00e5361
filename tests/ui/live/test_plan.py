"""Who gets how many lines, from hardly any to plenty."""

from __future__ import annotations

import pytest

from tutor.ui.live.plan import Parts, plan

WANTED = Parts(control=1, rows=10, services=4, axis=1, marks=1, traffic=3, bars=2, legend=2, summary=3, events=12)


@pytest.mark.parametrize("height", range(0, 80))
def test_nobody_gets_more_than_it_wants_and_all_together_what_there_is(height: int) -> None:
    got = plan(height, WANTED)
    assert got.total == min(height, WANTED.total) or (got.traffic == 1 and got.total <= height)
    for name in ("control", "rows", "services", "axis", "marks", "traffic", "bars", "legend", "summary", "events"):
        assert 0 <= getattr(got, name) <= getattr(WANTED, name)


@pytest.mark.parametrize("height", range(0, 80))
def test_the_lanes_of_the_versions_are_drawn_all_or_in_one_line(height: int) -> None:
    assert plan(height, WANTED).traffic in (0, 1, 3)


def test_in_a_small_terminal_the_telling_parts_come_first() -> None:
    got = plan(12, WANTED)
    assert (got.control, got.axis, got.summary >= 1, got.bars >= 1, got.rows >= 4) == (1, 1, True, True, True)
    assert got.events == got.legend == 0


def test_with_plenty_of_room_everything_is_there() -> None:
    assert plan(100, WANTED) == WANTED


def test_many_pods_leave_the_rest_its_place() -> None:
    got = plan(44, Parts(1, 2_000, 4, 1, 1, 3, 40, 2, 3, 200))
    assert got.total == 44
    assert got.rows >= 16
    assert got.summary >= 3
    assert got.events >= 5


@pytest.mark.parametrize("height", range(0, 80))
def test_the_head_of_the_services_does_not_stand_alone(height: int) -> None:
    assert plan(height, WANTED).services != 1
