"""The sentence below the lanes: errors with their cause, or why there was none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.recorded import entries_of
from tutor.core.pictures.draw_lanes import lane_picture
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lane_words import Disturbance, disturbances, without_ready
from tutor.core.timeline import Answered, EndpointsChanged, Entry, LinkChanged, PodChanged, Timeline

POD = PodChanged(
    0.0, "u1", "user-5f-one", "user", "user-5f", "Running", "Running", True, 1, 1, 0, "i:1", -90.0, started=-80.0
)
SERVICE = EndpointsChanged(0.0, "user", ("user-5f-one",))


def said(*entries: Entry, now: float = 60.0) -> str:
    histories = Histories()
    timeline = Timeline([POD, SERVICE, *entries])
    histories.update(timeline)
    return lane_picture(timeline, histories, now, 1.0, 75).summary.text


def answers(start: int, end: int, version: str = "1.0.0", error: str = "") -> list[Entry]:
    return [Answered(n + 0.5, "" if error else version, error) for n in range(start, end)]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("....", []),
        ("..xx..", [(2, 4, 2)]),
        ("..xx", [(2, None, 2)]),
        ("x.x...", [(0, 3, 2)]),
        ("x........x.", [(0, 1, 1), (9, 10, 1)]),
    ],
)
def test_errors_that_belong_together(outcomes: str, expected: list[tuple[float, float | None, int]]) -> None:
    calls = [Answered(float(n), "" if c == "x" else "1", "timeout" if c == "x" else "") for n, c in enumerate(outcomes)]
    assert [(d.start, d.end, len(d.failed)) for d in disturbances(calls)] == expected


def test_the_type_of_a_disturbance_names_its_failed_calls() -> None:
    call = Answered(1.0, "", "timeout")
    assert disturbances([call]) == [Disturbance(1.0, None, (call,))]


def test_no_error() -> None:
    assert said(*answers(10, 60)) == "0 errors: 50 calls answered by 1.0.0."


def test_no_error_over_two_versions() -> None:
    assert said(*answers(10, 30), *answers(30, 60, "2.0.0")) == "0 errors: 50 calls answered by 1.0.0, then 2.0.0."


def test_no_call() -> None:
    assert said() == "No call of the version page was made in this time."


def test_errors_while_no_pod_was_ready() -> None:
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0)
    up = replace(POD, at=29.4, restarts=1, started=29.0)
    text = said(*answers(10, 20), down, *answers(20, 29, error="refused"), up, *answers(29, 60))
    assert text == "9 errors (9 x refused) in 9.0 s, while no pod was ready."


def test_errors_that_go_on_tell_when_the_container_starts_again() -> None:
    before = replace(POD, restarts=1)
    down = replace(before, at=50.0, ready=False, started=None, status="Completed", finished=50.0)
    text = said(before, *answers(10, 50), down, *answers(50, 55, error="http-500"), now=55.2)
    assert text == (
        "5 errors (5 x http-500) in 4.7 s, while no pod was ready; not over yet."
        " …one is started again in about 5 s (back-off 10 s)."
    )


def test_errors_of_a_pod_that_counts_as_ready_while_its_program_starts() -> None:
    new = replace(POD, at=20.0, uid="u2", name="user-6f-new", created=19.0, started=19.0)
    gone = replace(POD, at=20.5, gone=True)
    text = said(*answers(10, 20), new, gone, *answers(20, 26, error="http-500"), *answers(26, 60, "2.0.0"))
    assert text == (
        "6 errors (6 x http-500) in 6.0 s, while a pod counted as ready, though its program was still starting."
    )


def test_one_error_as_a_pod_is_terminated() -> None:
    other = replace(POD, uid="u2", name="user-5f-two")
    leaving = replace(POD, at=20.3, terminating=True)
    text = said(other, *answers(10, 20), leaving, *answers(20, 21, error="reset"), *answers(21, 60))
    assert text == "1 error (1 x reset) in 1.0 s, while a pod was being terminated."


def test_errors_without_any_cause_that_was_seen() -> None:
    text = said(*answers(10, 20), *answers(20, 22, error="timeout"), *answers(22, 60))
    assert text == "2 errors (2 x timeout) in 2.0 s, although a pod was ready."


def test_errors_before_there_was_a_pod() -> None:
    timeline = Timeline([Answered(float(n), "", "no-endpoints") for n in range(5)])
    histories = Histories()
    histories.update(timeline)
    text = lane_picture(timeline, histories, 5.0, 1.0, 75).summary.text
    assert text == "5 errors (5 x no-endpoints) in 5.0 s, while there was no pod of user; not over yet."


def test_a_lost_link_is_said_and_its_errors_are_not_counted() -> None:
    lost = LinkChanged(30.0, False, "timeout")
    during = said(*answers(10, 27), *answers(27, 31, error="timeout"), lost, now=40.0)
    assert during.startswith("Since ")
    assert during.endswith("the cluster could not be reached: nothing is counted.")
    after = said(*answers(10, 27), *answers(27, 31, error="timeout"), lost, LinkChanged(40.0, True), *answers(44, 60))
    assert after == "0 errors: 33 calls answered by 1.0.0."


def test_seconds_without_a_ready_pod() -> None:
    histories = Histories()
    down = replace(POD, at=20.0, ready=False)
    histories.update(Timeline([POD, down, replace(POD, at=24.0)]))
    assert without_ready(histories, ("user",), 10.0, 30.0) == pytest.approx(4.0)
    assert without_ready(histories, ("user",), 22.0, 23.0) == pytest.approx(1.0)
    assert without_ready(histories, ("user",), 10.0, 15.0) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "crash",
            "6 errors (6 x http-500) in 6.0 s, no pod ready for 0.9 s of it; for 5.1 s a pod counted as ready,"
            " though its program was still starting. 7 errors in this window.",
        ),
        (
            "rolling-update-without-readiness",
            "6 errors (6 x http-500) in 6.0 s, while a pod counted as ready, though its program was still starting.",
        ),
        ("rolling-update-with-readiness", "0 errors: 60 calls answered by 2.0.0, then 1.0.0."),
        (
            "two-replicas-crash",
            "1 error (1 x http-500) in 1.0 s, just as …mwgqm ended, before the Service sent elsewhere."
            " …sf485 stayed ready and answered all 8 calls meanwhile.",
        ),
    ],
)
def test_what_was_recorded_is_told(name: str, expected: str) -> None:
    entries = entries_of(name)
    timeline, histories = Timeline(entries), Histories()
    histories.update(timeline)
    end = max(entry.at for entry in entries)
    assert lane_picture(timeline, histories, end, 1.0, 75).summary.text == expected


def test_two_replicas_of_which_one_ends_without_an_error() -> None:
    two = replace(POD, uid="u2", name="user-5f-two", started=-20.0)
    both = EndpointsChanged(0.0, "user", ("user-5f-one", "user-5f-two"))
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0, exit_code=0)
    up = replace(POD, at=29.4, restarts=1, started=21.0)
    text = said(two, both, down, up, *answers(10, 60))
    assert text == (
        "0 errors, although …one ended with exit code 0 and was not ready for 9.4 s."
        " …two stayed ready and answered all 9 calls meanwhile."
    )


def test_without_a_probe_the_other_pod_answers_some_of_the_calls() -> None:
    """A crashed pod counts as ready again before its program is: the Service sends it every second call."""
    two = replace(POD, uid="u2", name="user-5f-two", started=-20.0)
    both = EndpointsChanged(0.0, "user", ("user-5f-one", "user-5f-two"))
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0, exit_code=0)
    up = replace(POD, at=21.4, restarts=1, started=21.0)
    old = "1969-12-31T23:59:45Z"
    mixed = [
        Answered(n + 0.5, "" if n % 2 else "1.0.0", "http-500" if n % 2 else "", pod_started=old) for n in range(21, 28)
    ]
    good = [Answered(n + 0.5, "1.0.0", pod_started=old) for n in range(28, 60)]
    text = said(two, both, down, up, *answers(10, 20), *mixed, *good)
    assert text == (
        "4 errors (4 x http-500) in 7.0 s, while a pod counted as ready, though its program was still starting."
        " …two stayed ready and answered 4 of 8 calls meanwhile."
    )


def test_the_api_server_knows_that_no_endpoint_was_ready() -> None:
    text = said(*answers(10, 20), *answers(20, 24, error="no-endpoints"), *answers(24, 60))
    assert "while the Service had no ready endpoint" in text
