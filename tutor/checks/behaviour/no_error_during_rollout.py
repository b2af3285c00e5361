"""The last update went without an error for the callers, because of the readinessProbe."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.live.workload import containers
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.evidence import (
    Rollout,
    calls,
    clock_time,
    error_words,
    errors,
    gap_within,
    hole,
    rollouts_since,
    terminations,
)
from tutor.core.finding import Finding, Verdict
from tutor.core.timeline import Answered, Timeline

SAY = Say(
    "no-error-during-rollout",
    "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
)
AFTER = 3.0
"""Seconds after a rollout in which the last old pod may still drop a call."""
NEAR = (-1.5, 2.5)
"""Seconds around a pod's termination in which a dropped call is explained by it."""
BRIEF = 1.5
"""Seconds that such drops may last."""


@rule("no-error-during-rollout", Level.BEHAVIOUR, {"deployment": str})
def no_error_during_rollout(given: CheckInput) -> list[Finding]:
    """An update with a readinessProbe went without an error since the step began."""
    name = str(given.params["deployment"])
    if missing := SAY.without_cluster(given, "Deployment"):
        return missing
    assert given.snapshot is not None
    deployment = given.snapshot.get("Deployment", name)
    if deployment is None:
        return SAY.failed(f"There is no Deployment {name} in the cluster.", hint="Apply its file.")
    if not any(container.get("readinessProbe") for container in containers(deployment)):
        document = find_document(given, "Deployment", name)
        return SAY.failed(
            f"The live {name} has no readinessProbe: an update sends requests to pods that are still starting.",
            found="no readinessProbe",
            expected="a readinessProbe",
            hint="Add it to the container and apply the file.",
            **(place(document, ("spec", "template", "spec", "containers", 0)) if document else {}),
        )
    judged = [_judge(given, rollout) for rollout in rollouts_since(given.timeline, name, given.since)]
    good = [finding for finding in judged if finding.verdict is Verdict.PASSED]
    if good:
        return good[-1:]
    if judged:
        return judged[-1:]
    return SAY.failed(
        f"No update of {name} has been seen since the step began at {clock_time(given.since)}.",
        found="no update",
        expected="an update without an error",
        hint="Change the image and apply, or kubectl set image, while the traffic is on.",
    )


def _judge(given: CheckInput, rollout: Rollout) -> Finding:
    when = f"The update to {rollout.after} at {clock_time(rollout.start)}"
    if not rollout.readiness:
        return SAY.failed(f"{when} had no readinessProbe.", hint="Do it again now that the Deployment has the probe.")[
            0
        ]
    if rollout.end is None:
        return SAY.failed(f"{when} has not ended yet.", hint="Wait for it: kubectl rollout status.")[0]
    end = rollout.end + AFTER
    again = "Roll to another version and back once more, with the tutor open (or homics-tutor watch running)."
    if not rollout.watched:
        return SAY.unknown(f"{when} was found afterwards: nobody was looking when it happened.", hint=again)[0]
    gap = gap_within(given.timeline, rollout.start, end)
    if gap is not None:
        return SAY.unknown(f"{when} could not be watched: {gap.reason} from {clock_time(gap.start)} on.", hint=again)[0]
    made = calls(given.timeline, rollout.start, end)
    silent = hole(made, rollout.start, min(end, given.now))
    if silent is not None:
        return SAY.unknown(
            f"{when} was not under traffic all the time: nobody asked for the version from {clock_time(silent[0])} to"
            f" {clock_time(silent[1])}.",
            hint=again,
        )[0]
    if not made:
        return SAY.unknown(f"{when} was not under traffic: nobody asked for the version.", hint=again)[0]
    failed = errors(made)
    length = rollout.end - rollout.start
    if not failed:
        return SAY.passed(f"{when} took {length:.1f} s: {len(made)} calls, no error.", found="no error")[0]
    if explained(given.timeline, rollout.deployment, failed):
        return SAY.passed(
            f"{when} took {length:.1f} s: {len(made)} calls, {error_words(failed)} at the moment when a pod terminated."
            " That is no fault of yours: the pod's endpoint is removed while its program already stops.",
            found=error_words(failed),
        )[0]
    return SAY.failed(
        f"{when} took {length:.1f} s and was not smooth: {error_words(failed)} of {len(made)} calls.",
        found=error_words(failed),
        expected="no error",
        hint="Does the probe ask the page that really needs the program? If the old pods had no probe yet,"
        " update once more.",
    )[0]


def explained(timeline: Timeline, deployment: str, failed: list[Answered]) -> bool:
    """Whether every failed call lies at a pod's termination, and none of the bursts of them lasts."""
    if not failed:
        return True
    ended = terminations(timeline, deployment, failed[0].at - NEAR[1], failed[-1].at - NEAR[0])
    return all(any(NEAR[0] <= call.at - at <= NEAR[1] for at in ended) for call in failed) and all(
        burst[-1].at - burst[0].at <= BRIEF for burst in _bursts(failed)
    )


def _bursts(failed: list[Answered]) -> list[list[Answered]]:
    """Failed calls that follow each other closely: a pod is told to go, stops and is gone in one of them."""
    found: list[list[Answered]] = []
    for call in failed:
        if found and call.at - found[-1][-1].at <= BRIEF:
            found[-1].append(call)
        else:
            found.append([call])
    return found
