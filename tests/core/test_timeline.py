"""The timeline: order, bounds, baselines, and its lines on disk."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.evidence import Rollout, gaps, hole, outages, ready_pods_at, restarts_since, rollouts_since
from tutor.core.timeline import (
    Answered,
    CommandRun,
    DeploymentChanged,
    EndpointsChanged,
    Entry,
    EventSeen,
    FileSaved,
    LinkChanged,
    PodChanged,
    RecordingBegan,
    RecordingEnded,
    ReplicaSetChanged,
    StepMoved,
    Timeline,
    baseline,
)
from tutor.core.timeline_lines import TYPES, from_line, to_line

USER = "user-deployment"


def pod(at: float, *, uid: str = "u1", ready: bool = True, restarts: int = 0, **more: Any) -> PodChanged:
    first = PodChanged(
        at, uid, f"user-{uid}", USER, "rs", "Running", "Running", ready, int(ready), 1, restarts, "image:1", 1.0
    )
    return replace(first, **more)


def deployment(at: float, image: str = "image:1", **more: Any) -> DeploymentChanged:
    first = DeploymentChanged(at, "d", USER, 1, 1, 1, 1, 1, 1, image, "1", False, False, 1)
    return replace(first, **more)


EXAMPLES: list[Entry] = [
    pod(1.5, exit_code=0, finished=1.0, started=2.0, listed=True),
    deployment(2.0, readiness=True),
    ReplicaSetChanged(3.0, "r", "rs", USER, 1, 0, "image:1", "2", True),
    EndpointsChanged(4.0, "user", ("a", "b"), ("c",)),
    EventSeen(5.0, "Pod", "p", "Warning", "BackOff", 'quote " and\nline', 3),
    Answered(6.25, "", "http-500", 0.5, "service-proxy", "2026"),
    RecordingBegan(7.0, "minikube", "https://x", "default", "w"),
    RecordingEnded(8.0),
    LinkChanged(9.0, False, "gone"),
    FileSaved(10.0, "kube/x.yaml", "abc"),
    CommandRun(11.0, "kubectl apply -f é"),
    StepMoved(12.0, "crash", "begun"),
]


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: type(entry).__name__)
def test_every_entry_comes_back_from_its_line(entry: Entry) -> None:
    line = to_line(entry)
    assert "\n" not in line
    assert from_line(line) == entry


def test_every_type_has_an_example() -> None:
    assert {type(entry) for entry in EXAMPLES} == set(TYPES.values())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "null",
        "[1]",
        '{"type":"Answered"}',
        '{"type":"Answered","at":"soon","version":"1"}',
        '{"type":"Answered","at":null,"version":"1"}',
        '{"type":"FromTheFuture","at":1}',
        '{"type":["Answered"],"at":1}',
        '{"at":1,"version":"1.0.0"}',
        "[" * 10_000,
    ],
)
def test_a_line_that_is_torn_or_unknown_is_none(line: str) -> None:
    assert from_line(line) is None


def test_a_field_of_a_newer_tutor_is_passed_over() -> None:
    assert from_line('{"type":"Answered","at":1,"version":"1.0.0","mood":"good"}') == Answered(1, "1.0.0")


@given(st.lists(st.tuples(st.floats(0, 100), st.sampled_from(["a", "b", "c"])), max_size=60))
def test_entries_are_in_the_order_of_their_times_and_of_their_coming(seen: list[tuple[float, str]]) -> None:
    timeline = Timeline()
    for at, version in seen:
        timeline.append(Answered(at, version))
    expected = sorted((Answered(at, version) for at, version in seen), key=lambda entry: entry.at)
    assert list(timeline) == expected
    assert timeline.of(Answered) == expected
    assert timeline.of(Answered, 50.0) == [entry for entry in expected if entry.at >= 50.0]
    assert timeline.since(50.0) == timeline.of(Answered, 50.0)


def test_what_is_forgotten_leaves_the_last_state_of_what_is_still_there() -> None:
    kept = baseline(
        [
            RecordingBegan(0.5, "c", "s", "n"),
            pod(1.0, uid="stays"),
            pod(2.0, uid="stays", restarts=1),
            pod(3.0, uid="goes"),
            pod(4.0, uid="goes", gone=True),
            EndpointsChanged(5.0, "user", ("a",)),
            RecordingEnded(5.2),
            RecordingBegan(5.5, "c", "s", "n"),
            EndpointsChanged(6.0, "user", ("b",)),
            Answered(7.0, "1.0.0"),
            LinkChanged(8.0, True),
            StepMoved(9.0, "crash", "begun"),
        ]
    )
    assert kept == [
        RecordingBegan(2.0, "c", "s", "n"),
        pod(2.0, uid="stays", restarts=1),
        EndpointsChanged(6.0, "user", ("b",)),
        LinkChanged(8.0, True),
    ]


def test_a_timeline_never_grows_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Timeline, "LIMIT", 100)
    timeline = Timeline([pod(0.0)])
    for second in range(1_000):
        timeline.append(Answered(float(second), "1.0.0"))
        assert len(timeline) <= 100
    assert timeline.of(PodChanged) == [pod(0.0)]
    for number in range(1_000):
        timeline.append(pod(2_000.0 + number, uid=f"u{number}"))
        assert len(timeline) <= 100


# Evidence.


def test_restarts_are_counted_per_pod_and_since_the_step_began() -> None:
    timeline = Timeline(
        [
            pod(10.0, restarts=3),
            pod(20.0, ready=False, restarts=3),
            pod(22.0, restarts=4),
            pod(30.0, uid="new"),
        ]
    )
    (restart,) = restarts_since(timeline, USER, 15.0)
    assert (restart.before, restart.after, restart.not_ready_at, restart.ready_again_at) == (3, 4, 20.0, 22.0)
    assert restart.outage == 2.0
    assert restarts_since(timeline, USER, 25.0) == (), "the count of before is the baseline"


def test_a_pod_that_was_replaced_did_not_restart() -> None:
    timeline = Timeline([pod(10.0), pod(20.0, gone=True), pod(21.0, uid="u2", restarts=0)])
    assert restarts_since(timeline, USER, 5.0) == ()


def test_a_crash_too_short_to_be_seen_counts_without_an_outage() -> None:
    (restart,) = restarts_since(Timeline([pod(10.0), pod(20.0, restarts=1)]), USER, 15.0)
    assert (restart.was_ready, restart.outage) == (True, None)


def test_a_pod_that_never_was_ready_and_restarts_is_no_crash_of_a_ready_one() -> None:
    timeline = Timeline([pod(10.0, ready=False), pod(20.0, ready=False, restarts=1), pod(30.0, ready=True, restarts=1)])
    (restart,) = restarts_since(timeline, USER, 5.0)
    assert not restart.was_ready


def test_an_outage_begins_when_the_last_pod_is_down() -> None:
    timeline = Timeline(
        [
            pod(10.0, uid="a"),
            pod(11.0, uid="b"),
            pod(20.0, uid="a", ready=False),
            pod(21.0, uid="b", ready=False),
            pod(25.0, uid="a"),
        ]
    )
    assert [(outage.start, outage.end) for outage in outages(timeline, USER, 0.0)] == [(21.0, 25.0)]
    assert ready_pods_at(timeline, USER, 20.5) == ("user-b",)


def rollouts(*entries: DeploymentChanged) -> tuple[Rollout, ...]:
    return rollouts_since(Timeline(entries), USER, 0.0)


def test_a_rollout_is_over_when_no_old_pod_is_left() -> None:
    (rollout,) = rollouts(
        deployment(10.0),
        deployment(20.0, "image:2", generation=2),
        # Kubernetes counts the old pod as ready and the new one as updated: together they look complete.
        deployment(21.0, "image:2", generation=2, observed_generation=2, updated=1, ready=1, available=1, total=2),
        deployment(28.0, "image:2", generation=2, observed_generation=2, total=1),
    )
    assert (rollout.start, rollout.end, rollout.before, rollout.after) == (20.0, 28.0, "image:1", "image:2")


def test_a_second_change_ends_the_first_rollout() -> None:
    first, second = rollouts(
        deployment(10.0),
        deployment(20.0, "image:2", generation=2),
        deployment(22.0, "image:3", generation=3),
        deployment(30.0, "image:3", generation=3, observed_generation=3),
    )
    assert (first.end, second.end) == (22.0, 30.0)


def test_an_added_probe_and_a_new_revision_are_rollouts_too() -> None:
    assert rollouts(deployment(10.0), deployment(20.0, generation=2, readiness=True))[0].readiness
    assert len(rollouts(deployment(10.0), deployment(20.0, revision="2"))) == 1
    assert rollouts(deployment(10.0), deployment(20.0, replicas=2, generation=2)) == (), "scaling is none"


def test_a_deployment_made_anew_is_no_rollout() -> None:
    assert rollouts(deployment(10.0), deployment(15.0, gone=True), deployment(20.0, "image:2", uid="other")) == ()


def test_a_rollout_that_is_found_complete_is_over_and_was_not_watched() -> None:
    (rollout,) = rollouts(deployment(10.0), deployment(20.0, "image:2", listed=True))
    assert (rollout.end, rollout.watched) == (20.0, False)


def test_gaps_of_the_cluster_and_of_the_tutor() -> None:
    timeline = Timeline(
        [
            LinkChanged(1.0, True),
            LinkChanged(10.0, False, "x"),
            LinkChanged(20.0, True),
            RecordingEnded(30.0),
            RecordingBegan(40.0, "c", "s", "n"),
            LinkChanged(40.0, True),
            LinkChanged(50.0, False, "y"),
        ]
    )
    assert [(gap.start, gap.end, gap.of) for gap in gaps(timeline)] == [
        (10.0, 20.0, "cluster"),
        (30.0, 40.0, "tutor"),
        (50.0, None, "cluster"),
    ]
    assert [gap.start for gap in gaps(timeline, 35.0)] == [30.0, 50.0]
    assert "no tutor was watching" in gaps(timeline)[1].reason


def test_a_hole_is_a_time_in_which_nobody_asked() -> None:
    calls = [Answered(float(at), "1.0.0") for at in (0, 1, 2, 10, 11)]
    assert hole(calls, 0.0, 11.0) == (2.0, 10.0)
    assert hole(calls[:3], 0.0, 4.0) is None
    assert hole(calls[:3], 0.0, 30.0) == (2.0, 30.0)
    assert hole([], 0.0, 30.0) == (0.0, 30.0)
    assert hole([], 0.0, 3.0) is None


def test_defaults_are_left_out_of_lines_and_come_back() -> None:
    for entry in EXAMPLES:
        bare = type(entry)(**{f.name: getattr(entry, f.name) for f in fields(entry)})  # type: ignore[arg-type]
        assert from_line(to_line(bare)) == entry
    assert "listed" not in to_line(pod(1.0))
