"""When an ended container is started again, against what a kubelet really did and said."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.recorded import raw_pods, timeline_of
from tutor.core.pictures.back_off import back_off, next_start
from tutor.core.timeline import PodChanged

RUNS = PodChanged(
    0.0, "u1", "user-5f-abcde", "user", "user-5f", "Running", "Running", True, 1, 1, 0, "i:1", -10.0, started=-9.0
)


def crashed(after: PodChanged, at: float) -> PodChanged:
    return replace(after, at=at, status="Completed", ready=False, started=None, finished=at - 0.5)


def started(after: PodChanged, at: float) -> PodChanged:
    return replace(after, at=at, status="Running", ready=True, started=at - 0.5, restarts=after.restarts + 1)


def lives(*times: float) -> list[PodChanged]:
    """A pod that ends at each of these times and runs again 12 s later, but for the last time."""
    states = [RUNS]
    for index, at in enumerate(times):
        states.append(crashed(states[-1], at))
        if index < len(times) - 1:
            states.append(started(states[-1], at + 12))
    return states


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((100.0,), 0.0),
        ((100.0, 150.0), 10.0),
        ((100.0, 150.0, 200.0), 20.0),
        ((100.0, 150.0, 200.0, 250.0), 40.0),
        (tuple(100.0 + 50 * n for n in range(8)), 300.0),
        ((100.0, 112.0 + 601), 0.0),
        ((100.0, 112.0 + 599), 10.0),
        ((100.0, 150.0, 162.0 + 601, 900.0), 10.0),
    ],
)
def test_the_pause_doubles_and_begins_anew_after_ten_minutes(ends: tuple[float, ...], expected: float) -> None:
    assert back_off(lives(*ends)) == expected


def test_restarts_from_before_the_recording_count() -> None:
    assert back_off([replace(RUNS, restarts=3), crashed(replace(RUNS, restarts=3), 50.0)]) == 40.0


def test_the_start_is_counted_from_when_the_end_was_seen_whatever_the_clock_of_the_cluster_says() -> None:
    states = lives(100.0, 150.0)
    states[-1] = replace(states[-1], finished=states[-1].at - 3_600)
    assert next_start(states) == 160.0


def test_where_the_end_was_not_seen_the_kubelets_time_counts() -> None:
    ended = replace(RUNS, at=55.0, started=None, ready=False, status="CrashLoopBackOff", restarts=1, finished=50.0)
    assert next_start([ended]) == 60.0


@pytest.mark.parametrize("change", [{"started": 1.0}, {"terminating": True}, {"gone": True}, {"finished": None}])
def test_what_is_not_waiting_has_no_start(change: dict[str, object]) -> None:
    state = replace(crashed(RUNS, 10.0), **change)  # type: ignore[arg-type]
    assert next_start([RUNS, state]) is None


def test_the_kubelet_said_the_same_pauses() -> None:
    """From the recording: the kubelet names its pause in the message of CrashLoopBackOff."""
    said = {}
    for change in raw_pods():
        found = re.search(r"back-off (\d+)s restarting", json.dumps(change["pod"]))
        if found:
            said[change["pod"]["status"]["containerStatuses"][0]["restartCount"]] = float(found[1])
    assert said == {1: 10.0, 2: 20.0}
    for name, restarts in (("crash", 0), ("back-off", 1), ("back-off", 2)):
        states = [
            entry
            for entry in timeline_of(name).of(PodChanged)
            if entry.deployment == "user-deployment" and entry.restarts <= restarts
        ]
        assert back_off(states) == said.get(restarts, 0.0)


def test_the_container_was_never_started_before_its_time() -> None:
    states = [entry for entry in timeline_of("back-off").of(PodChanged) if entry.deployment == "user-deployment"]
    expected: float | None = None
    seen = 0
    for index, state in enumerate(states):
        due = next_start(states[: index + 1])
        if due is None and expected is not None and state.started is not None:
            assert -1.5 <= state.started - expected <= 11, state
            seen += 1
        expected = due
    assert seen == 2
