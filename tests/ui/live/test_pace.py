"""When the live view is drawn again, on a clock of the test's own."""

from __future__ import annotations

import pytest

from tutor.ui.live.pace import CALM, CALM_TICK, FRAME, SHARE, TICK, Pace


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_first_drawing_waits_for_nothing(clock: Clock) -> None:
    assert Pace(clock).left(due=False, live=True) < 0


def test_a_change_is_drawn_at_once_and_the_next_one_a_frame_later(clock: Clock) -> None:
    pace = Pace(clock)
    pace.drawn(0.001)
    assert pace.left(due=True, live=True) == pytest.approx(FRAME)
    clock.at += FRAME + 0.01
    assert pace.left(due=True, live=True) < 0


def test_what_costs_much_is_drawn_less_often(clock: Clock) -> None:
    pace = Pace(clock)
    pace.drawn(0.1)
    assert pace.left(due=True, live=True) == pytest.approx(SHARE * 0.1)


def test_time_goes_on_by_seconds_and_where_all_is_calm_in_longer_steps(clock: Clock) -> None:
    pace = Pace(clock)
    pace.drawn(0.001)
    assert pace.left(due=False, live=True) == pytest.approx(TICK)
    clock.at += CALM
    pace.drawn(0.001)
    assert pace.left(due=False, live=True) == pytest.approx(CALM_TICK)
    assert pace.left(due=True, live=True) == pytest.approx(FRAME), "what happens then is drawn at once"
    pace.stir()
    assert pace.left(due=False, live=True) == pytest.approx(TICK)


def test_a_moment_that_is_held_is_not_drawn_again(clock: Clock) -> None:
    pace = Pace(clock)
    pace.drawn(0.001)
    clock.at += 1_000.0
    assert pace.left(due=False, live=False) == float("inf")
    assert pace.left(due=True, live=False) < 0
