"""The sentence below the lanes: errors with their cause, or why there was none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.recorded import entries_of
from tutor.core.pictures.draw_lanes import lane_picture
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lane_words import Disturbance, disturbances
from tutor.core.timeline import (
    Answered,
    DeploymentChanged,
    EndpointsChanged,
    Entry,
    LinkChanged,
    PodChanged,
    RecordingBegan,
    RecordingEnded,
    ReplicaSetChanged,
    Timeline,
)

POD = PodChanged(
    0.0, "u1", "user-5f-one", "user", "user-5f", "Running", "Running", True, 1, 1, 0, "i:1", -90.0, started=-80.0
)
SERVICE = EndpointsChanged(0.0, "user", ("user-5f-one",))
DEPLOYMENT = DeploymentChanged(0.0, "d", "user", 1, 1, 1, 1, 1, 1, "i:1", "1")
PROBED = replace(DEPLOYMENT, readiness=True)
GATEWAY_POD = replace(POD, uid="g1", name="gateway-7c-gate", deployment="gateway", replica_set="gateway-7c")
GATEWAY = EndpointsChanged(0.0, "gateway", ("gateway-7c-gate",))
GATEWAY_DEPLOYMENT = replace(DEPLOYMENT, uid="g", name="gateway")


def said(*entries: Entry, now: float = 60.0, deployment: DeploymentChanged = DEPLOYMENT) -> str:
    histories = Histories()
    gateway = (GATEWAY_POD, GATEWAY, GATEWAY_DEPLOYMENT)
    timeline = Timeline([POD, SERVICE, deployment, *gateway, *entries])
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


WENT_AWAY = replace(POD, at=10.0, ready=False, ready_containers=0, status="Error")


@pytest.mark.parametrize("now", [75.0, 90.0, 104.0])
def test_errors_of_which_the_window_shows_the_end_are_told_whole(now: float) -> None:
    back = replace(POD, at=46.0)
    told = said(*answers(0, 10), WENT_AWAY, *answers(10, 46, error="timeout"), back, *answers(46, 105), now=now)
    assert told == "36 errors (36 x timeout) in 36.0 s, while no pod was ready."


def test_the_errors_of_a_window_are_counted_beside_those_of_its_last_disturbance() -> None:
    first = [*answers(0, 10, error="timeout"), *answers(10, 30)]
    told = said(*first, *answers(30, 32, error="timeout"), *answers(32, 65), now=64.9)
    assert told.startswith("2 errors (2 x timeout) in 2.0 s")
    assert told.endswith("7 errors in this window."), "of the first ones those that it shows"


def test_errors_that_began_very_long_ago_are_at_least_so_many() -> None:
    told = said(WENT_AWAY, *answers(10, 2_000, error="timeout"), now=1_999.9)
    assert told.startswith("At least 660 errors (660 x timeout) in 659.4 s, while no pod was ready; not over yet.")


def test_a_pod_that_ended_twice_is_one_cause() -> None:
    pod = replace(POD, ready=False, ready_containers=0)
    first = replace(pod, at=10.4, started=None, finished=10.0, status="Completed")
    again = replace(POD, at=12.0, started=12.0, restarts=1)
    second = replace(pod, at=14.4, started=None, finished=14.0, status="Completed", restarts=1)
    failed = [Answered(at, "", "http-500") for at in (10.2, 11.0, 14.2, 15.0)]
    well = [Answered(12.1, "1.0.0"), Answered(13.0, "1.0.0")]
    told = said(*answers(0, 10), first, again, second, *failed, *well, now=16.0)
    assert "2 just as …one ended; 2 while no pod was ready" in told


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
    assert text == "2 errors (2 x timeout) in 2.0 s; the cause cannot be told from what was seen."


def test_errors_before_there_was_a_pod() -> None:
    timeline = Timeline([Answered(float(n), "", "no-endpoints") for n in range(5)])
    histories = Histories()
    histories.update(timeline)
    text = lane_picture(timeline, histories, 5.0, 1.0, 75).summary.text
    assert text == "5 errors (5 x no-endpoints) in 5.0 s, while the Service user had no ready endpoint; not over yet."


def test_a_lost_link_is_said_and_its_errors_are_not_counted() -> None:
    lost = LinkChanged(30.0, False, "timeout")
    during = said(*answers(10, 27), *answers(27, 31, error="timeout"), lost, now=40.0)
    assert during.startswith("Since ")
    assert during.endswith("the cluster could not be reached: nothing is counted.")
    after = said(*answers(10, 27), *answers(27, 31, error="timeout"), lost, LinkChanged(40.0, True), *answers(44, 60))
    assert after == "0 errors: 33 calls answered by 1.0.0."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "crash",
            "6 errors (6 x http-500) in 6.0 s: 1 while no pod was ready; 5 while a pod counted as ready, though its"
            " program was still starting. 7 errors in this window.",
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


def test_a_pod_whose_probe_failed_has_not_ended() -> None:
    two = replace(POD, uid="u2", name="user-5f-two", started=-20.0)
    both = EndpointsChanged(0.0, "user", ("user-5f-one", "user-5f-two"))
    text = said(two, both, replace(POD, at=20.0, ready=False), replace(POD, at=25.0), *answers(10, 60))
    assert text.startswith("0 errors, although …one was not ready for 5.0 s.")


def test_a_pod_that_got_ready_in_between_did_not_stay_ready() -> None:
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0, exit_code=0)
    new = replace(POD, at=22.0, uid="u2", name="user-5f-two", created=21.0, started=21.0)
    pending = replace(new, at=21.0, ready=False, started=None)
    text = said(*answers(10, 20), down, pending, *answers(20, 22, error="http-500"), new, *answers(22, 30), now=30.0)
    assert text == ("2 errors (2 x http-500) in 2.0 s, while no pod was ready.")


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
    new = "1970-01-01T00:00:27Z"
    good = [Answered(n + 0.5, "1.0.0", pod_started=old if n % 2 else new) for n in range(28, 60)]
    text = said(two, both, down, up, *answers(10, 20), *mixed, *good)
    assert text == (
        "4 errors (4 x http-500) of 7 calls in 7.0 s, each while a pod counted as ready, though its program was"
        " still starting. …two stayed ready and answered 3 of 8 calls meanwhile."
    )


def test_the_api_server_knows_that_no_endpoint_was_ready() -> None:
    text = said(*answers(10, 20), *answers(20, 24, error="no-endpoints"), *answers(24, 60))
    assert "while the Service user had no ready endpoint" in text


def test_a_pod_that_is_ready_by_its_probe_is_not_still_starting() -> None:
    """The old pod ends as the new one, which answers its probe since before, takes over."""
    new = replace(POD, at=19.0, uid="u2", name="user-6f-new", replica_set="user-6f", created=8.0, started=9.0)
    leaving = replace(POD, at=20.1, terminating=True)
    gone = replace(leaving, at=21.0, gone=True)
    late = Answered(19.8, "", "timeout", latency=3.0)
    text = said(*answers(10, 19), new, leaving, gone, late, *answers(20, 60, "2.0.0"), deployment=PROBED)
    assert text == "1 error (1 x timeout) in 0.7 s, while a pod was being terminated."


def test_the_probe_of_a_pod_is_that_of_its_own_template() -> None:
    """The old pod has none; the Deployment already has one, for the pod that is to come."""
    rev1 = replace(DEPLOYMENT, at=1.0)
    changed = replace(PROBED, at=18.0, generation=2, image="i:2")
    rev2 = replace(changed, at=18.2, observed_generation=2, revision="2")
    old = ReplicaSetChanged(1.0, "r1", "user-5f", "user", 1, 1, "i:1", "1")
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0)
    up = replace(POD, at=21.0, restarts=1, started=21.0)
    crash = (down, up, *answers(10, 20), *answers(21, 26, error="http-500"), *answers(26, 60))
    words = "while a pod counted as ready, though its program was still starting."
    assert said(rev1, changed, rev2, old, *crash).endswith(words)
    assert said(changed, rev2, replace(old, revision="2"), *crash, deployment=PROBED).endswith(
        "the cause cannot be told from what was seen."
    )


def test_a_deployment_of_the_same_name_that_was_made_later_tells_nothing_of_the_probe() -> None:
    """Its revisions are counted from one again."""
    old = ReplicaSetChanged(1.0, "r1", "user-5f", "user", 1, 1, "i:1", "1")
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0)
    up = replace(POD, at=21.0, restarts=1, started=21.0)
    crash = (old, down, up, *answers(10, 20), *answers(21, 26, error="http-500"), *answers(26, 60))
    later = replace(PROBED, at=80.0, uid="d2")
    words = "while a pod counted as ready, though its program was still starting."
    assert said(*crash, replace(DEPLOYMENT, at=70.0, gone=True), later).endswith(words)
    assert said(*crash, later).endswith(words)


def test_two_crashes_of_a_pod_with_a_probe_in_one_disturbance() -> None:
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0)
    up = replace(POD, at=29.4, restarts=1, started=21.0)
    again = replace(down, at=32.6, restarts=1, finished=32.0)
    last = replace(up, at=45.4, restarts=2, started=37.0)
    first = (*answers(10, 20), down, *answers(20, 29, error="http-500"), up, *answers(29, 32))
    text = said(*first, again, *answers(33, 45, error="http-500"), last, *answers(45, 60), deployment=PROBED)
    assert text == "21 errors (21 x http-500) of 24 calls in 25.0 s, each while no pod was ready."


def test_a_short_disturbance_beside_a_pod_that_stays_ready() -> None:
    """It lasts less than half a second, and one of two pods was ready all along."""
    two = replace(POD, uid="u2", name="user-5f-two")
    down = replace(POD, at=20.4, ready=False, started=None, status="Completed", finished=20.0)
    calls = [Answered(10 + n / 10, "1.0.0") for n in range(100)]
    failed = [Answered(20.0 + n / 10, "", "http-500") for n in range(2)]
    more = [Answered(20.2 + n / 10, "1.0.0") for n in range(50)]
    text = said(two, *calls, *failed, down, *more, now=25.0, deployment=PROBED)
    assert text.startswith(
        "2 errors (2 x http-500) in 0.2 s, just as …one ended, before the Service sent elsewhere. …two stayed"
    )


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (20.52, "just now; the cause was not seen yet"),
        (22.0, "in 1.5 s; the cause was not seen yet"),
        (25.0, "in 4.5 s; the cause cannot be told from what was seen"),
    ],
)
def test_an_error_whose_cause_may_still_be_seen(now: float, words: str) -> None:
    text = said(*answers(10, 20), *answers(20, 21, error="http-500"), now=now)
    assert text == f"1 error (1 x http-500) {words}; not over yet."


GATEWAY_GONE = (
    replace(GATEWAY_POD, at=20.0, terminating=True),
    EndpointsChanged(20.1, "gateway", ()),
    replace(GATEWAY_POD, at=21.0, terminating=True, gone=True),
)


def test_errors_while_the_gateway_is_gone() -> None:
    failed = (*answers(20, 29, error="refused"), *answers(29, 34, error="unreachable"))
    text = said(*answers(10, 20), *GATEWAY_GONE, *failed, now=34.3)
    assert text == (
        "14 errors (9 x refused, 5 x unreachable) in 13.8 s, while no pod of the gateway was ready; not over yet."
    )
    late = said(*answers(10, 20), *GATEWAY_GONE, *answers(22, 34, error="refused"), now=34.3)
    assert "while there was no pod of the gateway" in late


def test_a_pod_that_nobody_could_ask_is_not_said_to_be_still_starting() -> None:
    """It crashed and counts as ready at once; then the gateway goes, and nobody knows when its program was up."""
    down = replace(POD, at=16.0, ready=False, started=None, status="Completed", finished=16.0)
    up = replace(POD, at=17.0, restarts=1, started=17.0)
    back = (
        replace(GATEWAY, at=30.0),
        replace(GATEWAY_POD, at=30.0, uid="g2", name="gateway-7c-new", created=30.0, started=30.0),
    )
    crash = (*answers(10, 16), down, *answers(16, 17, error="http-500"), up, *answers(17, 20, error="http-500"))
    text = said(*crash, *GATEWAY_GONE, *answers(20, 31, error="refused"), *back, *answers(31, 60))
    assert text == (
        "15 errors (11 x refused, 4 x http-500) in 15.0 s: 1 while no pod was ready; 3 while a pod counted as ready,"
        " though its program was still starting; 10 while no pod of the gateway was ready; 1 while the gateway counted"
        " as ready, though its program was still starting."
    )


def test_what_the_gateway_answers_is_not_for_want_of_it() -> None:
    """An error that the gateway tells comes from behind; and the service proxy goes past it."""
    text = said(*answers(10, 20), *GATEWAY_GONE, *answers(22, 24, error="http-500"), *answers(24, 60))
    assert text == "2 errors (2 x http-500) in 2.0 s; the cause cannot be told from what was seen."
    past = [Answered(n + 0.5, "", "refused", via="service-proxy") for n in (22, 23)]
    assert said(*answers(10, 20), *GATEWAY_GONE, *past, *answers(24, 60)).endswith("what was seen.")


def test_a_gateway_that_counts_as_ready_before_it_listens() -> None:
    down = replace(GATEWAY_POD, at=20.4, ready=False, started=None, status="Completed", finished=20.0)
    up = replace(GATEWAY_POD, at=21.4, restarts=1, started=21.0)
    text = said(*answers(10, 20), down, up, *answers(20, 26, error="refused"), *answers(26, 60))
    assert text == (
        "6 errors (6 x refused) in 6.0 s: 1 while no pod of the gateway was ready; 5 while the gateway counted as"
        " ready, though its program was still starting."
    )


def test_errors_as_the_only_pod_gets_ready() -> None:
    down = replace(POD, at=20.0, ready=False, started=None, status="Completed", finished=20.0)
    up = replace(POD, at=29.4, restarts=1, started=21.0)
    failed = answers(20, 30, error="http-500")
    text = said(*answers(10, 20), down, *failed, up, *answers(30, 60), deployment=PROBED)
    assert text == (
        "10 errors (10 x http-500) in 10.0 s: 9 while no pod was ready; 1 just as a pod became ready, before the"
        " Service sent to it."
    )


def test_nothing_is_said_of_pods_where_none_was_ever_seen() -> None:
    timeline, histories = Timeline([Answered(float(n), "", "http-500") for n in range(9)]), Histories()
    histories.update(timeline)
    text = lane_picture(timeline, histories, 20.0, 1.0, 75).summary.text
    assert text == ("9 errors (9 x http-500) in 20.0 s; the cause cannot be told from what was seen; not over yet.")


SLEPT = (RecordingBegan(0.0, "c", "s", "n"), RecordingEnded(20.0), RecordingBegan(40.0, "c", "s", "n"))
FOUND = replace(POD, at=40.1, ready=False, ready_containers=0, restarts=1, finished=30.0, started=31.0, exit_code=0)
"""The pod, whose container ended while nobody looked."""


def test_an_end_that_nobody_saw_is_not_told_as_survived() -> None:
    told = said(*SLEPT, *answers(0, 20), replace(FOUND, listed=True), *answers(41, 60))
    assert told == "0 errors: 38 calls answered by 1.0.0."


def test_errors_after_a_time_in_which_nobody_looked_are_not_just_as_the_pod_ended() -> None:
    found = replace(FOUND, listed=True)
    back = replace(found, at=46.0, ready=True, ready_containers=1, listed=False)
    failed = [Answered(40.05, "", "http-500"), *answers(41, 46, error="http-500")]
    told = said(*SLEPT, *answers(0, 20), *failed, found, back, *answers(46, 60))
    assert told == "6 errors (6 x http-500) in 6.5 s, while no pod was ready."


def test_a_pod_that_went_unseen_explains_no_error() -> None:
    other = replace(POD, at=40.1, uid="u2", name="user-5f-two", listed=True)
    gone = replace(POD, at=40.1, gone=True, listed=True)
    told = said(
        *SLEPT, *answers(0, 20), other, gone, Answered(40.3, "", "http-500"), *answers(41, 60), deployment=PROBED
    )
    assert told.endswith("the cause cannot be told from what was seen.")
