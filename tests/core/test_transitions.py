"""The moments at which something changed, and the words for them."""

from __future__ import annotations

from dataclasses import replace

from tests.recorded import timeline_of
from tutor.core.pictures.transitions import Transition, last_before, last_happening, next_after, transitions
from tutor.core.timeline import (
    Answered,
    CommandRun,
    DeploymentChanged,
    Entry,
    LinkChanged,
    PodChanged,
    Timeline,
)

POD = PodChanged(0.0, "u1", "user-5f-one", "user", "user-5f", "Pending", "Pending", False, 0, 1, 0, "i:1", 0.0)
DEPLOYMENT = DeploymentChanged(0.0, "d1", "user", 1, 1, 1, 1, 1, 1, "i:1.0.0")


def words(*entries: Entry) -> list[str]:
    return [moment.text for moment in transitions(Timeline(entries))]


def test_the_life_of_a_pod() -> None:
    runs = replace(POD, at=10.0, phase="Running", status="Running", ready=True, started=9.0)
    ended = replace(runs, at=20.0, status="Completed", ready=False, started=None, finished=20.0)
    again = replace(runs, at=30.0, restarts=1, started=29.0)
    leaving = replace(again, at=40.0, terminating=True, status="Terminating")
    assert words(POD, runs, ended, again, leaving, replace(leaving, at=50.0, gone=True)) == [
        "…one appears",
        "…one is ready",
        "…one is not ready (Completed)",
        "…one restarted, 1 in all; …one is ready",
        "…one is being terminated",
        "…one is gone",
    ]


def test_a_pod_that_ran_before_does_not_appear() -> None:
    assert words(replace(POD, started=-50.0, ready=True, status="Running")) == []


def test_what_was_changed_about_a_deployment() -> None:
    assert words(
        DEPLOYMENT,
        replace(DEPLOYMENT, at=10.0, image="i:2.0.0"),
        replace(DEPLOYMENT, at=20.0, image="i:2.0.0", readiness=True),
        replace(DEPLOYMENT, at=30.0, image="i:2.0.0", readiness=True, replicas=2),
        replace(DEPLOYMENT, at=40.0, gone=True),
    ) == ["user gets i:2.0.0", "user gets a readinessProbe", "user wants 2 replicas", "user is gone"]


def test_a_rollout_that_does_not_go_on() -> None:
    stuck = replace(DEPLOYMENT, at=10.0, held_up="ProgressDeadlineExceeded")
    assert words(DEPLOYMENT, stuck, replace(DEPLOYMENT, at=20.0)) == [
        "user is held up: ProgressDeadlineExceeded",
        "user goes on",
    ]
    assert words(DEPLOYMENT, replace(stuck, held_up="DeploymentPaused")) == ["user is paused"]


def test_answers_are_told_when_they_change_and_kinds_of_error_are_not() -> None:
    calls = [Answered(1.0, "1.0.0"), Answered(2.0, "1.0.0"), Answered(3.0, "", "timeout"), Answered(4.0, "", "reset")]
    assert words(*calls, Answered(5.0, "2.0.0")) == ["1.0.0 answers", "errors (timeout)", "2.0.0 answers"]


def test_link_and_commands() -> None:
    entries = (LinkChanged(1.0, False), LinkChanged(9.0, True), CommandRun(20.0, "kubectl apply -f kube/user"))
    two = CommandRun(30.0, "kubectl apply -f a\nkubectl apply -f b")
    assert words(two) == ["$ kubectl apply -f a; $ kubectl apply -f b"]
    assert words(*entries) == ["the cluster is away", "the cluster answers again", "$ kubectl apply -f kube/user"]


def test_that_the_cluster_answers_when_a_tutor_begins_is_no_change() -> None:
    assert words(LinkChanged(1.0, True), LinkChanged(50.0, True)) == []


def test_what_happens_within_a_moment_is_one_stop() -> None:
    assert words(replace(DEPLOYMENT, at=0.0), replace(DEPLOYMENT, at=5.0, image="i:2"), replace(POD, at=5.2)) == [
        "user gets i:2; …one appears"
    ]


MOMENTS = [Transition(float(at), str(at), float(at)) for at in (10, 20, 100, 105, 118)]


def test_jumping() -> None:
    assert [next_after(MOMENTS, at) for at in (0.0, 10.0, 119.0)] == [MOMENTS[0], MOMENTS[1], None]
    assert [last_before(MOMENTS, at) for at in (200.0, 20.0, 10.0)] == [MOMENTS[4], MOMENTS[0], None]


def test_a_jump_back_from_the_end_of_a_moment_goes_to_the_one_before() -> None:
    long = [MOMENTS[0], Transition(20.0, "many things", 20.9)]
    assert last_before(long, 20.9) == long[0]
    assert last_before(long, 21.0) == long[1]


def test_the_last_happening_is_what_followed_closely() -> None:
    assert last_happening(MOMENTS, 130.0) == (100.0, 118.0)
    assert last_happening(MOMENTS, 50.0) == (10.0, 20.0)
    assert last_happening(MOMENTS, 5.0) is None


def test_the_recorded_rollout_can_be_walked_through() -> None:
    found = [moment.text for moment in transitions(timeline_of("rolling-update-without-readiness"))]
    rollout = next(text for text in found if "gets homics/user-activity:2.0.0" in text)
    assert "appears" in rollout
    assert found[-1] == "2.0.0 answers"
