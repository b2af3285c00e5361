"""Which moment is shown: live, held, and in a replay."""

from __future__ import annotations

from tutor.core.pictures.playback import LIVE, Mode, Playback


def test_live_is_now() -> None:
    assert LIVE.position(123.0) == 123.0
    assert not LIVE.over(123.0)


def test_a_pause_holds_the_moment_and_a_second_one_goes_on_live() -> None:
    held = LIVE.toggled(100.0)
    assert (held.mode, held.position(150.0)) == (Mode.PAUSED, 100.0)
    assert held.toggled(150.0) == LIVE


def test_scrolling_back_holds_and_scrolling_beyond_now_is_live() -> None:
    back = LIVE.moved(-30.0, 100.0, earliest=0.0)
    assert back.position(500.0) == 70.0
    assert back.moved(20.0, 110.0, earliest=0.0).position(500.0) == 90.0
    assert back.moved(50.0, 110.0, earliest=0.0) == LIVE


def test_there_is_nothing_before_the_recording() -> None:
    assert LIVE.moved(-300.0, 100.0, earliest=60.0).position(0.0) == 60.0
    assert LIVE.moved(-300.0, 100.0, earliest=200.0).position(0.0) == 100.0


def test_a_replay_goes_a_quarter_as_fast_and_ends() -> None:
    replay = LIVE.replaying(40.0, 50.0, now=100.0)
    assert [replay.position(now) for now in (100.0, 104.0, 120.0, 140.0, 900.0)] == [40.0, 41.0, 45.0, 50.0, 50.0]
    assert not replay.over(139.9)
    assert replay.over(140.0)


def test_another_speed_goes_on_from_where_it_is() -> None:
    replay = LIVE.replaying(40.0, 90.0, now=100.0)
    faster = replay.next_speed(108.0)
    assert (faster.speed, faster.position(108.0), faster.position(110.0)) == (1.0, 42.0, 44.0)
    assert faster.next_speed(110.0).next_speed(110.0).speed == 0.25


def test_a_pause_in_a_replay_holds_its_moment() -> None:
    replay = LIVE.replaying(40.0, 90.0, now=100.0)
    assert replay.toggled(108.0) == Playback(Mode.PAUSED, 42.0, 100.0, 90.0)
