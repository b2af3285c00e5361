"""Which pod answered: by who was ready, and by when the answering program started."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.recorded import timeline_of
from tutor.core.pictures.answering import Answering, program_started
from tutor.core.pictures.histories import Histories
from tutor.core.timeline import Answered, PodChanged, Timeline

DAY = 1_764_072_000.0
ONE = PodChanged(
    DAY, "u1", "user-5f-one", "user", "user-5f", "Running", "Running", True, 1, 1, 0, "i:1", DAY - 90, started=DAY - 80
)
TWO = replace(ONE, uid="u2", name="user-5f-two", started=DAY - 20)


def who(call: Answered, *pods: PodChanged) -> str:
    histories = Histories()
    histories.update(Timeline(pods))
    pod = Answering(histories, ("user",)).pod_of(call)
    return pod.name if pod is not None else ""


def answer(started: float | None, at: float = DAY + 10) -> Answered:
    text = "" if started is None else str(int(started * 1_000))
    return Answered(at, "1.0.0", pod_started=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-25T19:05:11.804210499Z", 1795633511.80421),
        ("2026-11-25T20:05:11+01:00", 1795633511.0),
        ("1795633511804", 1795633511.804),
        ("", None),
        ("yesterday", None),
    ],
)
def test_when_the_answering_program_started(text: str, expected: float | None) -> None:
    found = program_started(Answered(0.0, "1.0.0", pod_started=text))
    assert found == (pytest.approx(expected) if expected is not None else None)


def test_the_only_pod_answers() -> None:
    assert who(answer(None), ONE) == "user-5f-one"


def test_of_two_the_one_whose_container_started_shortly_before_the_program() -> None:
    assert who(answer(DAY - 74), ONE, TWO) == "user-5f-one"
    assert who(answer(DAY - 14), ONE, TWO) == "user-5f-two"


def test_two_that_started_together_cannot_be_told_apart() -> None:
    assert who(answer(DAY - 14), replace(ONE, started=DAY - 20), replace(TWO, started=DAY - 19)) == ""


def test_but_when_only_one_of_them_is_ready_it_is_that_one() -> None:
    assert who(answer(None), replace(ONE, ready=False), TWO) == "user-5f-two"


def test_an_error_is_nobodys_answer() -> None:
    assert who(Answered(DAY + 1, "", "timeout"), ONE) == ""


def test_a_program_that_started_before_any_container_that_is_there_is_unknown() -> None:
    assert who(answer(DAY - 500), replace(ONE, started=DAY - 80), TWO) == ""


def test_with_two_replicas_the_recorded_answers_during_the_crash_are_the_other_pods() -> None:
    timeline = timeline_of("two-replicas-crash")
    histories = Histories()
    histories.update(timeline)
    crashed = next(
        history
        for history in histories.pods.values()
        if history.last.deployment == "user-deployment" and history.last.restarts == 1
    )
    down = next(state.at for state in crashed.states if state.restarts == 0 and not state.ready and state.finished)
    up = next(state.at for state in crashed.states if state.at > down and state.ready)
    calls = [call for call in timeline.of(Answered) if down <= call.at <= up and not call.error]
    by = Answering(histories, ("user-deployment",)).pods_of(calls)
    (other,) = [
        h.last.name
        for h in histories.pods.values()
        if h.last.deployment == "user-deployment" and not h.last.gone and h is not crashed
    ]
    assert by == {other: len(calls)}
    assert len(calls) >= 7
