"""The recorded course through recorder, evidence and rules: what happened is told, and what nobody saw is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster.course_recording import recorded, replay, unseen
from tutor.checks.input import CheckInput
from tutor.checks.registry import rules
from tutor.cluster.news import LinkLost, LinkRestored
from tutor.core.evidence import calls, gaps, outages, restarts_since, rollouts_since, version_runs
from tutor.core.finding import Finding, Verdict
from tutor.core.timeline import Answered, PodChanged, RecordingBegan, RecordingEnded, Timeline

USER = "user-deployment"


def judged(rule: str, slug: str, until: float, told: Any = None, **params: Any) -> Finding:
    """The first finding of a rule for a step, at a moment of the recording."""
    everything, begun = recorded()
    timeline, snapshot = replay(everything if told is None else told, until)
    given = CheckInput({}, snapshot, timeline, begun[slug], until, params={"deployment": USER, **params})
    return rules()[rule].check(given)[0]


def begun(slug: str) -> float:
    return recorded()[1][slug]


def timeline() -> Timeline:
    return replay(recorded()[0])[0]


def test_a_restart_is_told_with_its_outage() -> None:
    (restart,) = restarts_since(timeline(), USER, begun("crash"))[:1]
    assert (restart.before, restart.after, restart.exit_code) == (0, 1, 0)
    assert restart.was_ready
    assert restart.watched
    assert restart.outage is not None
    assert 0.5 < restart.outage < 3


def test_each_rollout_ends_when_the_last_old_pod_is_told_to_go() -> None:
    forth, back = rollouts_since(timeline(), USER, begun("crash"))
    assert (forth.before, forth.after, forth.readiness) == (
        "homics/user-activity:1.0.0",
        "homics/user-activity:2.0.0",
        False,
    )
    assert (back.after, back.readiness) == ("homics/user-activity:1.0.0", True)
    assert back.end is not None
    # The program takes 6 s to start, and the probe looks every 3 s from then on.
    assert 6 < back.end - back.start < 16


def test_the_outage_without_a_probe_is_not_in_the_pods_but_in_the_calls() -> None:
    (crash,) = [o for o in outages(timeline(), USER, begun("crash")) if o.start < begun("rolling-update")]
    assert crash.end is not None
    runs = version_runs(timeline().of(Answered, begun("rolling-update")))
    assert [run.version or "error" for run in runs if run.count > 2][:3] == ["1.0.0", "error", "2.0.0"]


STEPS: list[tuple[str, str, dict[str, Any]]] = [
    ("crash-seen", "crash", {}),
    ("version-sequence", "rolling-update", {"versions": ["1.0.0", "2.0.0"]}),
    ("version-sequence", "readiness", {"versions": ["2.0.0", "1.0.0"]}),
    ("no-error-during-rollout", "readiness", {}),
    ("crash-without-error", "replicas", {}),
]
NEXT = {"crash": "rolling-update", "rolling-update": "readiness", "readiness": "replicas", "replicas": "end"}


@pytest.mark.parametrize(("rule", "slug", "params"), STEPS)
def test_each_step_is_red_when_it_begins_and_green_when_the_next_one_does(
    rule: str, slug: str, params: dict[str, Any]
) -> None:
    before = judged(rule, slug, begun(slug) + 0.5, **params)
    assert before.verdict is not Verdict.PASSED, before
    after = judged(rule, slug, begun(NEXT[slug]), **params)
    assert after.verdict is Verdict.PASSED, after


@pytest.mark.parametrize(("rule", "slug", "params"), STEPS)
def test_a_step_that_begins_after_the_act_does_not_count_it(rule: str, slug: str, params: dict[str, Any]) -> None:
    everything, times = recorded()
    ended, snapshot = replay(everything, times[NEXT[slug]])
    given = CheckInput(
        {}, snapshot, ended, times[NEXT[slug]], times[NEXT[slug]] + 1, params={"deployment": USER, **params}
    )
    assert rules()[rule].check(given)[0].verdict is not Verdict.PASSED


@pytest.mark.parametrize(("rule", "slug", "params"), STEPS)
def test_without_traffic_nothing_is_said_of_it(rule: str, slug: str, params: dict[str, Any]) -> None:
    silent = [news for news in recorded()[0] if not isinstance(news, Answered)]
    finding = judged(rule, slug, begun(NEXT[slug]), silent, **params)
    if rule == "crash-seen":
        assert finding.verdict is Verdict.PASSED
        assert "was not asked for" in finding.message
    else:
        assert finding.verdict is Verdict.UNKNOWN, finding


def away(start: float, end: float) -> list[Any]:
    return unseen(recorded()[0], start, end, [LinkLost("no answer", start), LinkRestored(end)])


def test_a_crash_while_the_cluster_was_away_could_not_be_checked() -> None:
    told = away(begun("crash") + 1, begun("rolling-update") - 1)
    (restart,) = restarts_since(replay(told)[0], USER, begun("crash"))[:1]
    assert not restart.watched
    assert restart.outage is None
    finding = judged("crash-seen", "crash", begun("rolling-update"), told)
    assert finding.verdict is Verdict.UNKNOWN
    assert "nobody was looking" in finding.message
    assert finding.hint.startswith("Crash it once more while the tutor is open")


def test_a_rollout_that_nobody_saw_is_neither_smooth_nor_rough() -> None:
    told = away(begun("readiness") + 1, begun("replicas") - 1)
    finding = judged("no-error-during-rollout", "readiness", begun("replicas"), told)
    assert finding.verdict is Verdict.UNKNOWN, finding
    (rollout,) = rollouts_since(replay(told, begun("replicas"))[0], USER, begun("readiness"))
    assert not rollout.watched
    assert rollout.end is not None, "it is over, though its end was not seen"


def test_a_rollout_with_a_hole_in_the_traffic_is_not_judged() -> None:
    start = begun("readiness") + 2
    told = [n for n in recorded()[0] if not (isinstance(n, Answered) and start < n.at < start + 8)]
    finding = judged("no-error-during-rollout", "readiness", begun("replicas"), told)
    assert finding.verdict is Verdict.UNKNOWN, finding
    assert "nobody asked" in finding.message


def test_a_crash_of_one_of_two_that_nobody_saw_is_not_judged() -> None:
    everything, _ = recorded()
    crash = restarts_since(timeline(), USER, begun("replicas"))[0]
    told = unseen(everything, crash.at - 3, crash.at + 12, [LinkLost("x", crash.at - 3), LinkRestored(crash.at + 12)])
    finding = judged("crash-without-error", "replicas", begun("end"), told)
    assert finding.verdict is Verdict.UNKNOWN, finding


def test_calls_that_fail_while_the_cluster_is_lost_are_not_the_applications() -> None:
    everything, _ = recorded()
    moment = begun("rolling-update") - 4
    lost = [
        LinkLost("no answer", moment),
        *(Answered(moment + second - 4, "", "timeout") for second in range(8)),
        LinkRestored(moment + 4),
    ]
    told = sorted([*everything, *lost], key=lambda news: news.at)
    recorded_calls = replay(told)[0]
    assert [call for call in recorded_calls.of(Answered) if call.error == "timeout" and call.latency == 0.0]
    counted = calls(recorded_calls, begun("crash"), begun("rolling-update"))
    assert counted
    assert all(call.error != "timeout" for call in counted)


def test_a_tutor_that_was_closed_leaves_a_gap_and_one_that_was_killed_too() -> None:
    began = RecordingBegan(100.0, "minikube", "https://x", "default", "u")
    again = RecordingBegan(200.0, "minikube", "https://x", "default", "u")
    answers = [Answered(float(at), "1.0.0") for at in range(101, 111)]
    closed = Timeline([began, *answers, RecordingEnded(111.0), again])
    assert [(gap.start, gap.end, gap.of) for gap in gaps(closed)] == [(111.0, 200.0, "tutor")]
    killed = Timeline([began, *answers, again])
    assert [(gap.start, gap.end, gap.of) for gap in gaps(killed)] == [(110.0, 200.0, "tutor")]


def test_nothing_is_told_twice_after_a_restart_of_the_tutor() -> None:
    from tutor.cluster.news import Listed
    from tutor.cluster.recorder import Recorder

    recording, snapshot = replay(recorded()[0])
    recorder = Recorder(recording)
    again = [
        entry
        for kind in sorted(snapshot.complete)
        for entry in recorder.take(Listed(kind, snapshot.list(kind), begun("end") + 60))
    ]
    assert again == []


def test_the_states_of_a_pod_are_those_of_kubectl() -> None:
    pods = [entry for entry in timeline().of(PodChanged) if entry.deployment == USER]
    first = [entry for entry in pods if entry.uid == pods[0].uid]
    seen: list[tuple[str, str, int]] = []
    for entry in first:
        state = (f"{entry.ready_containers}/{entry.containers}", entry.status, entry.restarts)
        if not seen or seen[-1] != state:
            seen.append(state)
    assert seen[:5] == [
        ("0/1", "Pending", 0),
        ("0/1", "ContainerCreating", 0),
        ("1/1", "Running", 0),
        ("0/1", "Completed", 0),
        ("1/1", "Running", 1),
    ]
    assert first[-1].gone
