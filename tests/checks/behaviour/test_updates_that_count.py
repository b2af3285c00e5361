"""Which update counts as the one that a step asks for: wrong ways that must not pass, and right ways that must."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.checks.behaviour.told import (
    END,
    NEW,
    OLD,
    READY,
    START,
    USER,
    answers,
    beginning,
    deployment,
    failing,
    judged,
    live,
    pod,
    rolled,
    smooth,
    update,
    without,
)
from tutor.core.evidence import clock_time
from tutor.core.finding import Finding, Verdict
from tutor.core.rollouts import rollouts_since
from tutor.core.timeline import Answered, DeploymentChanged, EndpointsChanged, Entry, PodChanged, Timeline

BACK = {"deployment": USER, "image": NEW}
VERSIONS = {"deployment": USER, "versions": ["2.0.0", "1.0.0"]}


def back(told: list[Entry], now: float = 120.0) -> Finding:
    """As the step readiness asks."""
    return smooth(told, now=now, params=BACK)


def versions(told: list[Entry], old: str = "2.0.0", new: str = "1.0.0", now: float = 120.0) -> Finding:
    return judged("version-sequence", told, now=now, params={"deployment": USER, "versions": [old, new]})


def without_probe() -> list[Entry]:
    """2.0.0 → 1.0.0 without a probe at 20, six seconds of errors; the probe alone at 40, smoothly."""
    first = rolled(20.0, NEW, 2, probe=False, old="one", new="two", end=1.0)
    told = [*beginning(), *first, *answers(5.0, 21.0), *answers(21.0, 60.0, "1.0.0")]
    return [*failing(told, 21.0, 27.0), *rolled(40.0, NEW, 3, old="two", new="three")]


def test_an_update_without_a_probe_is_not_healed_by_a_rollout_that_adds_it() -> None:
    finding = back(without_probe())
    assert finding.verdict is Verdict.FAILED
    assert "had no readinessProbe. The probe came at" in finding.message
    assert f"Roll to {OLD} and back to {NEW} once more" in finding.hint


def test_forth_and_back_with_the_probe_counts_after_a_first_attempt_with_errors() -> None:
    told = [
        *without_probe(),
        *rolled(60.0, OLD, 4, old="three", new="four"),
        *answers(60.0, 67.0, "1.0.0"),
        *answers(67.0, 87.0, "2.0.0"),
        *rolled(80.0, NEW, 5, old="four", new="five"),
        *answers(87.0, 100.0, "1.0.0"),
    ]
    assert back([entry for entry in told if entry.at < 80.0], now=79.0).verdict is Verdict.FAILED
    assert back(told).verdict is Verdict.PASSED
    assert versions(told).verdict is Verdict.PASSED


def test_the_probe_first_and_then_the_image_counts() -> None:
    told = [
        *beginning(),
        *rolled(20.0, OLD, 2, old="one", new="two"),
        *rolled(40.0, NEW, 3, old="two", new="three"),
        *answers(5.0, 47.0),
        *answers(47.0, 60.0, "1.0.0"),
    ]
    finding = back([entry for entry in told if entry.at < 40.0], now=39.0)
    assert finding.verdict is Verdict.FAILED
    assert "but not their version" in finding.message
    assert back(told).verdict is Verdict.PASSED
    assert versions(told).verdict is Verdict.PASSED


def test_the_same_image_in_other_words_is_no_other_version() -> None:
    told = [*beginning(NEW, probe=True), *rolled(20.0, f"docker.io/{NEW}", 2, old="one", new="two")]
    finding = back([*told, *answers(5.0, 60.0, "1.0.0")])
    assert finding.verdict is Verdict.FAILED
    assert "but not their version" in finding.message


def test_an_update_in_the_other_direction_is_not_the_way_back() -> None:
    told = [*beginning(NEW, probe=True), *rolled(20.0, OLD, 2, old="one", new="two")]
    told += [*answers(5.0, 27.0, "1.0.0"), *answers(27.0, 60.0)]
    assert back(told).verdict is Verdict.FAILED
    assert versions(told, now=61.0).verdict is Verdict.FAILED
    assert smooth(told, now=120.0).verdict is Verdict.PASSED, "any direction, where no image is asked for"


def aborted() -> list[Entry]:
    """To 1.0.0 with a probe that never succeeds at 20; undone at 50."""
    return [
        *beginning(),
        *rolled(20.0, NEW, 2, old="one", new="two", end=None),
        deployment(50.0, OLD, 3, updated=1, total=2, probe=False),
        pod(50.2, "two", False, terminating=True),
        deployment(50.5, OLD, 3, updated=1, total=1, probe=False),
        *answers(5.0, 60.0),
    ]


def test_an_update_that_was_taken_back_is_none() -> None:
    first, undo = rollouts_since(Timeline(aborted()), USER, 10.0)
    assert (first.completed, first.end) == (False, 50.0)
    assert (undo.completed, undo.other_version, undo.ran, undo.begun) == (True, False, OLD, 20.0)
    finding = back(aborted())
    assert finding.verdict is Verdict.FAILED
    assert "but not their version" in finding.message


def test_a_mended_probe_completes_the_update_that_hung() -> None:
    """The wrong path is mended while the update hangs: the old pod answers all the while, which is as good."""
    told = [
        *beginning(),
        *rolled(20.0, NEW, 2, old="one", new="two", end=None),
        *rolled(50.0, NEW, 3, old="one", new="three"),
        *answers(5.0, 57.0),
        *answers(57.0, 70.0, "1.0.0"),
    ]
    assert back(told).verdict is Verdict.PASSED
    assert versions(told).verdict is Verdict.PASSED


def test_a_tag_that_does_not_exist_is_no_version_on_the_way() -> None:
    told = [
        *beginning(),
        *rolled(20.0, "homics/user-activity:9.9.9", 2, old="one", new="two", end=None),
        *rolled(50.0, NEW, 3, old="one", new="three"),
        *answers(5.0, 57.0),
        *answers(57.0, 70.0, "1.0.0"),
    ]
    (update_,) = [rollout for rollout in rollouts_since(Timeline(told), USER, 10.0) if rollout.completed]
    assert (update_.ran, update_.after, update_.begun) == (OLD, NEW, 20.0)
    assert back(told).verdict is Verdict.PASSED
    assert back(failing(told, 30.0, 34.0)).verdict is Verdict.FAILED, "errors of the attempt before belong to it"


def made_anew() -> list[Entry]:
    """The Deployment is deleted at 20 and applied with the other version."""
    return [
        *beginning(),
        deployment(20.0, OLD, 2, updated=1, total=1, gone=True),
        pod(20.0, "one", False, terminating=True),
        pod(20.5, "one", False, terminating=True, gone=True),
        deployment(22.0, NEW, 1, updated=1, total=1, uid="another"),
        pod(23.0, "two", True),
        *failing([*answers(5.0, 20.0), *answers(20.0, 29.0), *answers(29.0, 60.0, "1.0.0")], 20.0, 29.0),
    ]


def test_a_deployment_that_was_made_anew_was_not_updated() -> None:
    finding = versions(made_anew())
    assert finding.verdict is Verdict.FAILED
    assert "but by no update: user-deployment was deleted at" in finding.message
    assert finding.hint.startswith("Roll back to 2.0.0")
    assert "readinessProbe" not in finding.message
    assert back(made_anew()).verdict is Verdict.FAILED


def test_an_update_of_the_one_made_anew_counts() -> None:
    again = [
        *rolled(60.0, OLD, 2, old="two", new="three"),
        *answers(60.0, 67.0, "1.0.0"),
        *answers(67.0, 87.0, "2.0.0"),
        *rolled(80.0, NEW, 3, old="three", new="four"),
        *answers(87.0, 100.0, "1.0.0"),
    ]
    again = [replace(entry, uid="another") if isinstance(entry, DeploymentChanged) else entry for entry in again]
    assert versions([*made_anew(), *again]).verdict is Verdict.PASSED
    assert back([*made_anew(), *again]).verdict is Verdict.PASSED


def test_a_deployment_deleted_in_its_update_did_not_complete_it() -> None:
    told = [
        *beginning(),
        *rolled(20.0, NEW, 2, old="one", new="two", end=None),
        deployment(24.0, NEW, 2, updated=1, total=2, gone=True),
        deployment(26.0, NEW, 1, updated=1, total=1, uid="another"),
        *answers(5.0, 60.0),
    ]
    (rollout,) = rollouts_since(Timeline(told), USER, 10.0)
    assert (rollout.end, rollout.completed) == (24.0, False)
    assert back(told).verdict is Verdict.FAILED


def test_an_image_changed_while_nothing_ran_is_no_rolling_update() -> None:
    none: dict[str, Any] = {"replicas": 0, "updated": 0, "ready": 0, "available": 0, "total": 0}
    told = [
        *beginning(),
        replace(deployment(20.0, OLD, 2, updated=0, total=0), **none, readiness=False),
        replace(deployment(30.0, NEW, 3, updated=0, total=0), **none),
        replace(deployment(40.0, NEW, 4, updated=1, total=1)),
        pod(40.0, "two", True),
        *answers(5.0, 20.0),
        *answers(47.0, 60.0, "1.0.0"),
    ]
    for finding in (versions(told), back(told)):
        assert finding.verdict is Verdict.FAILED
        assert "was scaled to 0, so nothing could roll" in finding.message


def test_an_update_that_nobody_watched_is_not_judged() -> None:
    told = [
        *beginning(),
        replace(deployment(40.0, NEW, 2, updated=1, total=1), listed=True),
        *answers(5.0, 20.0),
        *answers(40.0, 60.0, "1.0.0"),
    ]
    for finding in (versions(told), back(told)):
        assert finding.verdict is Verdict.UNKNOWN
        assert "nobody was looking when it happened" in finding.message


def test_an_update_with_the_traffic_off_is_not_judged() -> None:
    finding = versions(without(update(), START + 1, START + 10))
    assert finding.verdict is Verdict.UNKNOWN
    assert "was not under traffic all the time" in finding.message


def test_an_update_whose_traffic_stopped_is_not_said_to_go_on() -> None:
    told = [entry for entry in update() if entry.at < END + 1]
    silent = without(told, START + 3, 60.0)
    assert versions(silent, now=START + 7).verdict is Verdict.FAILED
    finding = versions(silent, now=START + 9)
    assert finding.verdict is Verdict.UNKNOWN
    words = f"between {clock_time(START)} and {clock_time(START + 2.5)}, and nobody has asked since then"
    assert f"1.0.0 has not answered {words}" in finding.message
    assert finding.hint == "Turn the traffic on."


def test_in_the_first_moment_of_a_step_no_call_is_missing() -> None:
    told = [*beginning(NEW, probe=True), *answers(5.0, 40.0, "1.0.0")]
    finding = judged("version-sequence", told, since=39.9, now=40.4, params=VERSIONS)
    assert finding.verdict is Verdict.FAILED
    assert "no call of it was answered until now" in finding.message
    finding = judged("version-sequence", told, since=39.9, now=47.0, params=VERSIONS)
    assert finding.verdict is Verdict.UNKNOWN
    assert "Nobody asked user for its version" in finding.message


def test_a_version_that_answered_in_this_step_has_not_done_so_since_the_update() -> None:
    """At 1.0.0 when the step began, taken back to 2.0.0, and now on its way to 1.0.0 once more."""
    told = [
        *beginning(NEW, probe=True),
        *rolled(20.0, OLD, 2, old="one", new="two"),
        *answers(5.0, 27.0, "1.0.0"),
        *answers(27.0, 42.0),
        *rolled(40.0, NEW, 3, old="two", new="three", end=None),
    ]
    finding = versions(told, now=42.0)
    assert finding.verdict is Verdict.FAILED
    assert finding.message == f"1.0.0 has not answered yet since {clock_time(40.0)}; 2.0.0 answers."


def test_who_has_scaled_up_is_not_told_to() -> None:
    none: dict[str, Any] = {"replicas": 0, "updated": 0, "ready": 0, "available": 0, "total": 0}
    told = [
        *beginning(),
        replace(deployment(20.0, OLD, 2, updated=0, total=0), **none, readiness=False),
        replace(deployment(30.0, NEW, 3, updated=0, total=0), **none),
        *answers(5.0, 20.0),
        *answers(47.0, 60.0, "1.0.0"),
    ]
    for rule, params in (("version-sequence", VERSIONS), ("no-error-during-rollout", BACK)):
        assert "Scale it to 1" not in judged(rule, told, now=60.0, params=params).hint
        scaled = live(replicas=0)
        assert judged(rule, told, now=60.0, params=params, snapshot=scaled).hint.startswith("Scale it to 1. Roll")


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ({"type": "Recreate"}, "The strategy Recreate ends all old pods first. Take spec.strategy out of the file"),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}, "maxUnavailable is 1: so many pods may be"),
        ({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}}, "let the pods be meanwhile"),
        ({}, "let the pods be meanwhile"),
    ],
)
def test_the_strategy_that_leaves_no_pod_is_named(strategy: dict[str, Any], words: str) -> None:
    down = [pod(21.0, "old", False, terminating=True), pod(22.0, "old", False, terminating=True, gone=True)]
    told = [e for e in failing(update(), 21.0, 26.0) if not (isinstance(e, PodChanged) and e.name.endswith("old"))]
    finding = judged(
        "no-error-during-rollout",
        [*told, pod(2.0, "old", True), *down],
        now=120.0,
        params=BACK,
        snapshot=live(strategy=strategy),
    )
    assert finding.verdict is Verdict.FAILED
    assert "no pod was ready for 5.0 s" in finding.message
    assert words in finding.hint
    assert "once more with kubectl set image" in finding.hint


# What is kept as evidence is told of the whole update.


def test_both_reasons_of_an_update_that_left_no_pod_and_had_no_probe_are_told() -> None:
    """As recorded with the strategy Recreate: a second without a pod, and six in which the new one starts."""
    told = [
        *beginning(),
        deployment(20.0, NEW, 2, updated=0, total=1, probe=False),
        pod(20.2, "one", False, terminating=True),
        pod(21.0, "one", False, terminating=True, gone=True),
        pod(21.5, "two", True),
        deployment(21.5, NEW, 2, updated=1, total=1, probe=False),
        *failing([*answers(5.0, 20.0), *answers(20.0, 27.0), *answers(27.0, 50.0, "1.0.0")], 20.0, 27.0),
    ]
    finding = versions(told)
    assert finding.verdict is Verdict.PASSED
    assert "was ready for 1.3 s: the old one ended before the new one was. Then, without a readiness" in finding.message


def test_errors_before_an_update_are_not_left_out_of_its_story() -> None:
    """The old version answered last at 17.5; the calls of an update before this one failed."""
    finding = versions(failing(update(), 18.0, READY))
    assert finding.verdict is Verdict.PASSED
    assert "; 4 errors (4 x refused) before the update began; 12 errors (12 x refused) in 6.0 s." in finding.message


def test_a_crash_in_an_update_is_part_of_its_story() -> None:
    crashed = [pod(22.0, "old", False), pod(23.0, "old", True, restarts=1)]
    finding = versions([*failing(update(), 22.0, 26.0), *crashed])
    assert finding.verdict is Verdict.PASSED
    words = f"user-deployment-old crashed meanwhile, at {clock_time(22.0)}."
    assert f"8 errors (8 x refused) in 4.0 s. {words}" in finding.message


def test_an_update_is_judged_a_little_after_its_end() -> None:
    told = update()
    for now in (END + 0.2, END + 2.5):
        so_far = [entry for entry in told if entry.at <= now]
        assert back(so_far, now=now).verdict is Verdict.FAILED
        assert versions(so_far, now=now).verdict is Verdict.FAILED
    now = END + 3.6
    so_far = [entry for entry in told if entry.at <= now]
    assert back(so_far, now=now).verdict is Verdict.PASSED
    assert versions(so_far, now=now).verdict is Verdict.PASSED


def test_a_call_that_is_still_open_is_waited_for() -> None:
    """The call that meets the old pod's end is recorded when it timed out, by the time when it was sent."""
    told, dropped = update(), Answered(END + 0.5, "", "timeout", 3.0)
    now = END + 3.2
    so_far = [entry for entry in without(told, END + 0.4, END + 0.6) if entry.at <= now]
    for finding in (back(so_far, now=now), versions(so_far, now=now)):
        assert finding.verdict is Verdict.FAILED
        assert finding.hint in ("One moment.", "Wait some seconds.")
    for finding in (back([*so_far, dropped], now=now + 0.4), versions([*so_far, dropped], now=now + 0.4)):
        assert finding.verdict is Verdict.PASSED
        assert "1 error (1 x timeout)" in finding.message
    assert back(so_far, now=END + 8).verdict is Verdict.PASSED, "a call that never was is not waited for"


def test_all_errors_of_an_update_are_told() -> None:
    told = rolled(20.0, NEW, 2, probe=False, old="one", new="two", end=1.0)
    told = failing([*beginning(), *told, *answers(5.0, 27.0), *answers(27.0, 50.0, "1.0.0")], 21.0, 27.0)
    now = 28.0
    early = versions([entry for entry in told if entry.at <= now], now=now)
    assert early.verdict is Verdict.FAILED
    assert "not steadily yet" in early.message
    finding = versions(told)
    assert finding.verdict is Verdict.PASSED
    assert "12 errors (12 x refused) in 6.0 s. Without a readinessProbe" in finding.message


def test_errors_with_a_probe_are_put_on_the_end_of_a_pod_only_where_they_were_there() -> None:
    assert "That was while an old pod ended" in versions(failing(update(), END, END + 0.6)).message
    assert "They were not at the end of an old pod alone" in versions(failing(update(), START + 1, START + 4)).message


def test_a_pod_that_crashed_during_the_update_is_named() -> None:
    crashed = [pod(22.0, "old", False), pod(23.0, "old", True, restarts=1)]
    finding = back([*failing(update(), 22.0, 26.0), *crashed])
    assert finding.verdict is Verdict.FAILED
    assert "; user-deployment-old crashed meanwhile, at " in finding.message


def test_errors_without_any_pod_are_not_put_on_the_missing_probe() -> None:
    told = [
        *beginning(),
        deployment(20.0, NEW, 2, updated=0, total=1, probe=False),
        pod(20.2, "one", False, terminating=True),
        pod(26.0, "two", True),
        deployment(26.0, NEW, 2, updated=1, total=1, probe=False),
        *failing([*answers(5.0, 20.0), *answers(20.0, 26.0), *answers(26.0, 50.0, "1.0.0")], 20.0, 26.0),
    ]
    finding = versions(told)
    assert finding.verdict is Verdict.PASSED
    assert "No pod of user-deployment was ready for 5.8 s" in finding.message


@pytest.mark.parametrize("probe", [True, False])
def test_errors_of_the_gateway_are_not_those_of_the_update(probe: bool) -> None:
    gone = [EndpointsChanged(2.0, "gateway", ("gateway-a",)), EndpointsChanged(22.0, "gateway", ())]
    told = [*failing(update(probe=probe), 21.5, 25.0), *gone, EndpointsChanged(24.0, "gateway", ("gateway-b",))]
    if probe:
        finding = back(told)
        assert finding.verdict is Verdict.UNKNOWN
        assert "the gateway itself could not be reached" in finding.message
    else:
        assert "That was the gateway itself" in versions(told).message


def test_the_gateways_errors_leave_the_others_their_reason() -> None:
    """As seen on v1.34.2: the gateway's pod was deleted, and later a call met the end of the old pod."""
    gone = [EndpointsChanged(2.0, "gateway", ("gateway-a",)), EndpointsChanged(22.0, "gateway", ())]
    told = [*failing(failing(update(), 21.5, 24.0), END, END + 0.4), *gone]
    told += [EndpointsChanged(23.0, "gateway", ("gateway-b",))]
    finding = versions(told)
    assert finding.verdict is Verdict.PASSED
    assert "5 of them did not reach the gateway itself. Of the others: That was while an old pod" in finding.message


def gateway(*changes: tuple[float, tuple[str, ...]]) -> list[Entry]:
    return [EndpointsChanged(at, "gateway", pods) for at, pods in ((2.0, ("gateway-a",)), *changes)]


def test_an_update_behind_a_gateway_that_is_away_is_not_seen() -> None:
    told = [*failing(update(probe=False), START, 33.0), *gateway((START, ()), (32.5, ("gateway-b",)))]
    so_far = versions([entry for entry in told if entry.at <= 28.0], now=28.0)
    assert so_far.verdict is Verdict.FAILED
    assert "the last call failed (refused) and did not reach the gateway itself" in so_far.message
    assert "Is the gateway 1/1?" in so_far.hint
    finding = versions(told, now=41.0)
    assert finding.verdict is Verdict.UNKNOWN
    words = f"the gateway itself could not be reached from {clock_time(19.5)} to {clock_time(33.0)}"
    assert words in finding.message


@pytest.mark.parametrize("probe", [True, False])
def test_a_service_that_leads_nowhere_is_the_reason_of_its_errors(probe: bool) -> None:
    """As seen on v1.34.2, where the Service user was deleted and applied again in an update."""
    bare = [EndpointsChanged(2.0, "user", ("user-deployment-old",)), EndpointsChanged(20.2, "user", ())]
    told = [*failing(update(probe=probe), 20.5, 26.0), *bare, EndpointsChanged(25.8, "user", ("user-deployment-new",))]
    finding = versions(told)
    assert finding.verdict is Verdict.PASSED
    assert "The Service user had no ready pod behind it for 5.0 s." in finding.message
    if probe:
        finding = back(told)
        assert finding.verdict is Verdict.FAILED
        assert "the Service user had no ready pod behind it for 5.0 s" in finding.message
        assert "kubectl describe service user" in finding.hint


@pytest.mark.parametrize(
    ("held_up", "words"),
    [
        ("DeploymentPaused", "The Deployment is paused. kubectl rollout resume deployment/user-deployment"),
        ("ProgressDeadlineExceeded", "The update does not go on (ProgressDeadlineExceeded): kubectl describe"),
        ("", "kubectl rollout status"),
    ],
)
def test_an_update_that_is_held_up_is_not_waited_for(held_up: str, words: str) -> None:
    told = [
        *beginning(probe=True),
        deployment(20.0, NEW, 2, updated=0, total=1, held_up=held_up),
        *answers(5.0, 40.0),
    ]
    for finding in (versions(told, now=41.0), back(told, now=41.0)):
        assert finding.verdict is Verdict.FAILED
        assert words in finding.hint
