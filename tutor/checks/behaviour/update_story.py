"""An update told by the calls of its time: until when the old version answered, what failed, and why."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.checks.input import CheckInput
from tutor.core.calls import calls
from tutor.core.evidence import Rollout, clock_time, error_words, errors, outages, restarts_since, terminations
from tutor.core.gateway import of_the_gateway
from tutor.core.timeline import PAUSED, Answered, DeploymentChanged, EndpointsChanged, Timeline

NEAR = (-1.5, 2.5)
"""Seconds around a pod's termination in which a dropped call is explained by it."""
SERVICE = "user"
"""What the calls ask for."""
BRIEF = 1.5
"""Seconds that such drops may last."""


def first_answer(made: Sequence[Answered], version: str, since: float = 0.0) -> Answered | None:
    """The first answer of that version since then; of any where `version` is empty."""
    return next((c for c in made if c.at >= since and not c.error and version in ("", c.version)), None)


def last_answer(made: Sequence[Answered], version: str, until: float = float("inf")) -> Answered | None:
    """The last answer of that version before then, likewise."""
    return next((c for c in reversed(made) if c.at < until and not c.error and version in ("", c.version)), None)


def story(
    timeline: Timeline, update: Rollout, made: Sequence[Answered], last_old: Answered, first_new: Answered
) -> str:
    """ "1.0.0 answered until 14:02:11, 2.0.0 from 14:02:18; 6 errors (6 x http-500) in 6.0 s. Without a …".

    `made`: the calls of the whole update.
    """
    old, new = last_old.version, first_new.version
    text = f"{old} answered until {clock_time(last_old.at)}, {new} from {clock_time(first_new.at)}"
    late = last_answer([call for call in made if call.at > first_new.at], old)
    if late is not None:
        text += f" (and {old} now and then until {clock_time(late.at)}, while both ran)"
    failed = [call for call in errors(made) if call.at >= update.begun]
    earlier = errors(calls(timeline, last_old.at, update.begun - 0.001)) if last_old.at < update.begun else []
    if earlier:
        text += f"; {error_words(earlier)} before the update began"
    if not failed:
        return f"{text}; no error in it." if earlier else f"{text}; no error in between."
    return f"{text}; {error_words(failed)} in {lasted(made, failed):.1f} s. {_reason(timeline, update, failed)}"


def lasted(made: Sequence[Answered], failed: Sequence[Answered]) -> float:
    """Seconds from the first of the failed calls until the next answer after the last of them."""
    after = first_answer(made, "", failed[-1].at)
    return (after.at if after is not None else failed[-1].at + failed[-1].latency) - failed[0].at


def _reason(timeline: Timeline, update: Rollout, failed: Sequence[Answered]) -> str:
    gateways = of_the_gateway(timeline, failed)
    if len(gateways) == len(failed):
        return "That was the gateway itself: it could not be reached."
    if gateways:
        rest = [call for call in failed if call not in gateways]
        others = _reason_behind(timeline, update, rest)
        return f"{len(gateways)} of them did not reach the gateway itself. Of the others: {others}"
    return _reason_behind(timeline, update, failed)


def _reason_behind(timeline: Timeline, update: Rollout, failed: Sequence[Answered]) -> str:
    """Of calls that reached the gateway."""
    if own := [r for r in restarts_since(timeline, update.deployment, update.begun) if _meanwhile(r.start, failed)]:
        return f"{own[0].pod} crashed meanwhile, at {clock_time(own[0].start)}."
    gone = ""
    if (down := without_a_pod(timeline, update)) > 0:
        gone = f"No pod of {update.deployment} was ready for {down:.1f} s: the old one ended before the new one was."
    if gone and (update.readiness or down * 2 > failed[-1].at - failed[0].at):
        return gone
    if (bare := without_endpoint(timeline, failed)) * 2 > failed[-1].at - failed[0].at:
        return f"The Service {SERVICE} had no ready pod behind it for {bare:.1f} s."
    if update.readiness and explained(timeline, update.deployment, failed):
        return "That was while an old pod ended: its endpoint is removed while its program already stops."
    if update.readiness:
        return "They were not at the end of an old pod alone."
    without = (
        "without a readinessProbe Kubernetes takes a pod for ready as soon as its container runs, and sends requests to"
        " a program that is still starting."
    )
    return f"{gone} Then, {without}" if gone else without[0].upper() + without[1:]


def _meanwhile(at: float, failed: Sequence[Answered]) -> bool:
    return failed[0].at - NEAR[1] <= at <= failed[-1].at


def without_a_pod(timeline: Timeline, update: Rollout) -> float:
    """Seconds of the update in which no pod of the Deployment was ready."""
    end = update.end if update.end is not None else float("inf")
    found = outages(timeline, update.deployment, update.begun)
    return sum(max(0.0, min(o.end or end, end) - max(o.start, update.begun)) for o in found if o.start <= end)


def without_endpoint(timeline: Timeline, failed: Sequence[Answered]) -> float:
    """Seconds from the first to the last of these calls in which the Service that they ask for led nowhere."""
    if not failed:
        return 0.0
    start, end, found = failed[0].at, failed[-1].at, 0.0
    changes = [entry for entry in timeline.of(EndpointsChanged) if entry.service == SERVICE and entry.at < end]
    for index, entry in enumerate(changes):
        until = changes[index + 1].at if index + 1 < len(changes) else end
        if not entry.ready:
            found += max(0.0, min(until, end) - max(entry.at, start))
    return found


def explained(timeline: Timeline, deployment: str, failed: Sequence[Answered]) -> bool:
    """Whether every failed call lies at a pod's termination, and none of the bursts of them lasts."""
    if not failed:
        return True
    ended = terminations(timeline, deployment, failed[0].at - NEAR[1], failed[-1].at - NEAR[0])
    return all(any(NEAR[0] <= call.at - at <= NEAR[1] for at in ended) for call in failed) and all(
        burst[-1].at - burst[0].at <= BRIEF for burst in _bursts(failed)
    )


def _bursts(failed: Sequence[Answered]) -> list[list[Answered]]:
    """Failed calls that follow each other closely: a pod is told to go, stops and is gone in one of them."""
    found: list[list[Answered]] = []
    for call in failed:
        if found and call.at - found[-1][-1].at <= BRIEF:
            found[-1].append(call)
        else:
            found.append([call])
    return found


def scale_up(given: CheckInput, deployment: str) -> str:
    """ "Scale it to 1. " where it is scaled to 0 still, else "": goes before what is to be done then."""
    live = given.snapshot.get("Deployment", deployment) if given.snapshot is not None else None
    return "Scale it to 1. " if live is not None and (live.get("spec") or {}).get("replicas", 1) == 0 else ""


def goes_on(timeline: Timeline, deployment: str, otherwise: str) -> str:
    """What to do about an update that does not go on, by the newest state of its Deployment; else `otherwise`."""
    states = [entry for entry in timeline.of(DeploymentChanged) if entry.name == deployment]
    held_up = states[-1].held_up if states else ""
    if held_up == PAUSED:
        return f"The Deployment is paused. kubectl rollout resume deployment/{deployment} lets the update go on."
    if held_up:
        return f"The update does not go on ({held_up}): kubectl describe deployment {deployment}, and its newest pod."
    return otherwise
