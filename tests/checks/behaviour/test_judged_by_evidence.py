"""Updates and crashes judged by what was recorded of them: small timelines, one difference each."""

from __future__ import annotations

import pytest

from tests.checks.behaviour.told import (
    BEGAN,
    END,
    FILE,
    START,
    crash,
    failing,
    judged,
    live,
    pod,
    smooth,
    update,
    without,
)
from tutor.core.finding import Finding, Verdict
from tutor.core.manifest import parse_manifest
from tutor.core.timeline import Entry, RecordingBegan


def test_an_update_without_an_error_passes_and_says_how_long_it_took() -> None:
    finding = smooth(update())
    assert finding.verdict is Verdict.PASSED
    assert "no error" in finding.message
    assert "The update to homics/user-activity:1.0.0 at " in finding.message


def test_one_call_dropped_when_the_old_pod_ended_is_no_fault() -> None:
    finding = smooth(failing(update(), END, END + 0.6))
    assert finding.verdict is Verdict.PASSED
    assert "That is no fault of yours" in finding.message
    assert finding.found.startswith("2 errors") or finding.found.startswith("1 error")


def test_errors_while_the_new_pod_starts_are_a_fault() -> None:
    finding = smooth(failing(update(), START + 1, START + 4))
    assert finding.verdict is Verdict.FAILED
    assert "was not smooth" in finding.message
    assert finding.hint


def test_errors_long_after_the_old_pod_ended_are_a_fault() -> None:
    assert smooth(failing(update(), END - 0.5, END + 3)).verdict is Verdict.FAILED


def test_errors_before_the_update_do_not_count() -> None:
    assert smooth(failing(update(), 12.0, 15.0)).verdict is Verdict.PASSED


def test_an_update_before_the_step_began_does_not_count() -> None:
    finding = smooth(update(), since=30.0)
    assert finding.verdict is Verdict.FAILED
    assert finding.message.startswith("No update of user-deployment has been seen since the step began at ")


def test_nothing_recorded_is_not_green() -> None:
    assert smooth([]).verdict is Verdict.FAILED
    assert judged("crash-seen", []).verdict is Verdict.FAILED
    assert judged("crash-without-error", []).verdict is Verdict.FAILED


def test_a_deployment_without_a_probe_fails_at_its_container() -> None:
    text = "kind: Deployment\nmetadata: {name: user-deployment}\nspec:\n  template:\n    spec:\n      containers:\n"
    text += "        - name: user\n"
    manifests = {FILE: parse_manifest(FILE, text.encode())}
    finding = smooth(update(), snapshot=live(probe=False), manifests=manifests)
    assert finding.verdict is Verdict.FAILED
    assert finding.message.startswith("The live user-deployment has no readinessProbe")
    assert (finding.file, finding.line) == (FILE, 7)


def test_an_update_to_a_template_without_a_probe_fails_even_without_errors() -> None:
    finding = smooth(update(probe=False))
    assert finding.verdict is Verdict.FAILED
    assert finding.message.endswith("had no readinessProbe.")


def test_an_update_that_goes_on_is_not_judged_yet() -> None:
    finding = smooth([entry for entry in update() if entry.at < END], now=END)
    assert finding.verdict is Verdict.FAILED
    assert finding.message.endswith("has not ended yet.")


def test_an_update_that_nobody_asked_through_is_not_judged() -> None:
    finding = smooth(without(update(), 5.0, 40.0))
    assert finding.verdict is Verdict.UNKNOWN
    assert "nobody asked for the version" in finding.message


def test_a_crash_says_which_pod_when_and_for_how_long() -> None:
    finding = judged("crash-seen", crash())
    assert finding.verdict is Verdict.PASSED
    assert finding.message.startswith("Restart 0→1 of user-deployment-a at ")
    assert "0/1 for 4.0 s" in finding.message
    assert finding.found == "restarts 0→1"


@pytest.mark.parametrize(
    ("told", "since", "words"),
    [
        (crash(again=None), BEGAN, "it is not ready again yet"),
        (crash(), 35.0, "before this step"),
        ([entry for entry in crash() if entry.at < 31], BEGAN, "its restart has not been seen yet"),
        ([entry for entry in crash() if entry.at < 30], BEGAN, "No crash of user-deployment has been seen"),
    ],
)
def test_a_crash_that_is_not_whole_is_not_green(told: list[Entry], since: float, words: str) -> None:
    finding = judged("crash-seen", told, since=since)
    assert finding.verdict is Verdict.FAILED
    assert words in finding.message


def test_restarts_of_before_are_the_baseline() -> None:
    """A pod that was restarted three times before the step began has not crashed in it."""
    told = [
        RecordingBegan(1.0, "m", "x", "default", "u"),
        pod(2.0, "a", True, restarts=3),
        pod(15.0, "a", True, restarts=3),
    ]
    assert judged("crash-seen", told).verdict is Verdict.FAILED


def test_a_pod_that_was_deleted_and_replaced_has_not_crashed() -> None:
    told = [
        RecordingBegan(1.0, "m", "x", "default", "u"),
        pod(2.0, "a", True),
        pod(20.0, "a", False, terminating=True),
        pod(21.0, "b", False),
        pod(23.0, "a", False, terminating=True, gone=True),
        pod(25.0, "b", True),
    ]
    finding = judged("crash-seen", told)
    assert finding.verdict is Verdict.FAILED
    assert "was deleted and replaced" in finding.message


def two(told: list[Entry]) -> Finding:
    return judged("crash-without-error", told)


SECOND = pod(3.0, "b", True)


def test_a_crash_of_one_of_two_without_an_error_passes() -> None:
    finding = two(crash(SECOND))
    assert finding.verdict is Verdict.PASSED
    assert "user-deployment-b answered meanwhile" in finding.message


def test_a_call_that_was_on_its_way_when_the_pod_ended_is_no_fault() -> None:
    finding = two(failing(crash(SECOND), 29.5, 30.4))
    assert finding.verdict is Verdict.PASSED
    assert "at the moment of the crash itself" in finding.message


def test_errors_while_the_other_pod_was_ready_are_a_fault() -> None:
    finding = two(failing(crash(SECOND), 30.0, 33.6))
    assert finding.verdict is Verdict.FAILED
    assert "although user-deployment-b was ready" in finding.message


def test_the_crash_of_the_only_ready_pod_does_not_count() -> None:
    finding = two(crash(pod(3.0, "b", False)))
    assert finding.verdict is Verdict.FAILED
    assert "no other pod of user-deployment was ready then" in finding.message


def test_a_crash_that_nobody_asked_through_is_not_judged() -> None:
    finding = two(without(crash(SECOND), 0.0, 40.0))
    assert finding.verdict is Verdict.UNKNOWN
