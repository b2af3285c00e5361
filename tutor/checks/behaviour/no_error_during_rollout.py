"""An update to another version went without an error for the callers, because of the readinessProbe."""

from __future__ import annotations

from tutor.checks.behaviour.newest import newest
from tutor.checks.behaviour.update_story import SERVICE, explained, goes_on, scale_up, without_a_pod, without_endpoint
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
    restarts_since,
    rollouts_since,
)
from tutor.core.finding import Finding
from tutor.core.gateway import of_the_gateway
from tutor.core.settled import SLOWEST_CALL, still_open
from tutor.core.timeline import Answered
from tutor.kube.images import same_image

SAY = Say(
    "no-error-during-rollout",
    "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
)
AFTER = 3.0
"""Seconds after a rollout in which the last old pod may still drop a call."""


@rule("no-error-during-rollout", Level.BEHAVIOUR, {"deployment": str}, {"image": str})
def no_error_during_rollout(given: CheckInput) -> list[Finding]:
    """An update of the version with a readinessProbe went without an error in this step.

    `image`: the update has to lead to it.
    """
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
    wanted = str(given.params.get("image", ""))
    # One that was broken off is part of the one that did so.
    whole = [r for r in rollouts_since(given.timeline, name, given.since) if r.completed or r.end is None]
    updates = [r for r in whole if r.other_version and (not wanted or same_image(r.after, wanted))]
    return newest(lambda update: _judge(given, update, whole), updates) or _none(given, name, wanted, whole)


def _again(given: CheckInput, rollout: Rollout) -> str:
    """How to see the update once more, now that all is as it should be."""
    wanted = str(given.params.get("image", "")) or rollout.after
    other = rollout.ran if rollout.other_version else "another version"
    return (
        f"Roll to {other} and back to {wanted} once more with kubectl set image, with the tutor open; wait for the end"
        " of each: kubectl rollout status."
    )


def _none(given: CheckInput, name: str, wanted: str, whole: list[Rollout]) -> list[Finding]:
    since = f"since the step began at {clock_time(given.since)}"
    to = f" to {wanted}" if wanted else ""
    if whole and not whole[-1].other_version:
        last = whole[-1]
        how = "is changing" if last.end is None else "changed"
        return SAY.failed(
            f"The rollout at {clock_time(last.start)} {how} the pods of {name}, but not their version: {last.after} ran"
            f" before it. No update{to} has been seen {since}.",
            found="the same version before and after",
            expected="an update to another version without an error",
            hint=_again(given, last),
        )
    return SAY.failed(
        f"No update of {name}{to} has been seen {since}.",
        found="no update",
        expected="an update without an error",
        hint="Change the image and apply, or kubectl set image, while the traffic is on.",
    )


def _judge(given: CheckInput, rollout: Rollout, whole: list[Rollout]) -> Finding:
    when = f"The update to {rollout.after} at {clock_time(rollout.start)}"
    again = _again(given, rollout)
    if not rollout.readiness:
        later = [r for r in whole if r.start > rollout.start and r.readiness and not r.other_version]
        added = f" The probe came at {clock_time(later[0].start)}, when the version stayed as it was." if later else ""
        return SAY.failed(
            f"{when} had no readinessProbe.{added}",
            found="an update without a readinessProbe",
            expected="an update of the version with it",
            hint=f"Do it again now that the Deployment has the probe. {again}",
        )[0]
    if rollout.replicas == 0:
        return SAY.failed(
            f"{when} met no pod: {rollout.deployment} was scaled to 0, so nothing could roll.",
            hint=scale_up(given, rollout.deployment) + again,
        )[0]
    if rollout.end is None:
        hint = goes_on(given.timeline, rollout.deployment, "Wait for it: kubectl rollout status.")
        return SAY.failed(f"{when} has not ended yet.", hint=hint)[0]
    end = rollout.end + AFTER
    if not rollout.watched:
        return SAY.unknown(f"{when} was found afterwards: nobody was looking when it happened.", hint=again)[0]
    gap = gap_within(given.timeline, rollout.begun, end)
    if gap is not None:
        return SAY.unknown(f"{when} could not be watched: {gap.reason} from {clock_time(gap.start)} on.", hint=again)[0]
    made = calls(given.timeline, rollout.begun, end)
    silent = hole(made, rollout.begun, min(end, given.now))
    if silent is not None:
        return SAY.unknown(
            f"{when} was not under traffic all the time: nobody asked for the version from {clock_time(silent[0])} to"
            f" {clock_time(silent[1])}.",
            hint=again,
        )[0]
    if given.now < end or still_open(calls(given.timeline, rollout.begun, end + SLOWEST_CALL), end, given.now):
        return SAY.failed(
            f"{when} is complete since {clock_time(rollout.end)}; its last old pod may still drop a call.",
            hint="One moment.",
        )[0]
    if not made:
        return SAY.unknown(f"{when} was not under traffic: nobody asked for the version.", hint=again)[0]
    return _by_calls(given, rollout, made, when, again)


def _by_calls(given: CheckInput, rollout: Rollout, made: list[Answered], when: str, again: str) -> Finding:
    """The verdict of an update that is over and was watched under traffic."""
    failed = errors(made)
    length = (rollout.end or rollout.begun) - rollout.begun
    if not failed:
        return SAY.passed(f"{when} took {length:.1f} s: {len(made)} calls, no error.", found="no error")[0]
    if explained(given.timeline, rollout.deployment, failed):
        return SAY.passed(
            f"{when} took {length:.1f} s: {len(made)} calls, {error_words(failed)} at the moment when a pod terminated."
            " That is no fault of yours: the pod's endpoint is removed while its program already stops.",
            found=error_words(failed),
        )[0]
    gateways = of_the_gateway(given.timeline, made)
    if explained(given.timeline, rollout.deployment, [call for call in failed if call not in gateways]):
        return SAY.unknown(
            f"{when} could not be seen: {error_words(gateways)}, as the gateway itself could not be reached.",
            hint=f"Wait until the gateway answers. {again}",
        )[0]
    down = without_a_pod(given.timeline, rollout)
    text = f"{when} took {length:.1f} s and was not smooth: {error_words(failed)} of {len(made)} calls"
    own = restarts_since(given.timeline, rollout.deployment, rollout.begun)
    crashed = [r for r in own if r.was_ready and r.start <= (rollout.end or r.start)]
    if crashed:
        return SAY.failed(
            f"{text}; {crashed[0].pod} crashed meanwhile, at {clock_time(crashed[0].start)}.",
            found=error_words(failed),
            expected="no error",
            hint=f"Let the pods be during an update. {again}",
        )[0]
    if down > 0:
        return SAY.failed(
            f"{text}; no pod was ready for {down:.1f} s.",
            found=error_words(failed),
            expected="no error",
            hint=f"{_why_without_a_pod(given, rollout.deployment)} {again}",
        )[0]
    bare = without_endpoint(given.timeline, failed)
    if bare * 2 > failed[-1].at - failed[0].at:
        return SAY.failed(
            f"{text}; the Service {SERVICE} had no ready pod behind it for {bare:.1f} s.",
            found=error_words(failed),
            expected="no error",
            hint=f"kubectl describe service {SERVICE}: its Endpoints must not be empty, and its selector must match the"
            f" pods. {again}",
        )[0]
    return SAY.failed(
        f"{text}.",
        found=error_words(failed),
        expected="no error",
        hint="Does the probe ask the page that really needs the program? If the old pods had no probe yet,"
        f" update once more. {again}",
    )[0]


def _why_without_a_pod(given: CheckInput, name: str) -> str:
    """What to change so that an update keeps the old pod until the new one is ready."""
    assert given.snapshot is not None
    strategy = ((given.snapshot.get("Deployment", name) or {}).get("spec") or {}).get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return "The strategy Recreate ends all old pods first. Take spec.strategy out of the file, and apply it."
    unavailable = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", "25%")
    if unavailable not in ("25%", 0, "0", "0%"):
        return (
            f"maxUnavailable is {unavailable}: so many pods may be missing during an update. Take spec.strategy out of"
            " the file, and apply it."
        )
    return "An update keeps the old pod until the new one is ready: let the pods be meanwhile."
