"""The versions answered one after the other since the step began."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.evidence import calls, clock_time, error_words, errors, gap_within, hole, rollouts_since
from tutor.core.finding import Finding
from tutor.core.timeline import Answered

SAY = Say("version-sequence", "https://kubernetes.io/docs/tutorials/kubernetes-basics/update/update-intro/")
BEFORE = 30.0
"""Seconds before the step began in which an answer still tells what ran at its beginning."""


@rule("version-sequence", Level.BEHAVIOUR, {"versions": list}, {"deployment": str})
def version_sequence(given: CheckInput) -> list[Finding]:
    """The versions answered in this order since the step began."""
    wanted = [str(version) for version in given.params["versions"]]
    if missing := SAY.without_cluster(given):
        return missing
    seen = _since(given)
    if not seen:
        return SAY.unknown(
            f"Nobody asked user for its version since the step began at {clock_time(given.since)}.",
            hint="Turn the traffic on, and do the update again.",
        )
    turns = _turns(seen, wanted)
    if len(turns) == len(wanted):
        return SAY.passed(
            _story(given, seen, wanted, turns), found=" then ".join(wanted), expected=" then ".join(wanted)
        )
    return _incomplete(given, seen, wanted, turns)


def _since(given: CheckInput) -> list[Answered]:
    """Calls since the step began, with the last answer before it: that is what ran when it began."""
    seen = calls(given.timeline, given.since)
    before = [call for call in calls(given.timeline, given.since - BEFORE, given.since) if not call.error]
    return [*before[-1:], *seen] if seen else []


def _turns(seen: list[Answered], wanted: list[str]) -> list[int]:
    """Index of the first answer of each wanted version, each after the one before it."""
    turns: list[int] = []
    for version in wanted:
        start = turns[-1] if turns else 0
        found = next((i for i in range(start, len(seen)) if seen[i].version == version), None)
        if found is None:
            break
        turns.append(found)
    return turns


def _story(given: CheckInput, seen: list[Answered], wanted: list[str], turns: list[int]) -> str:
    old, new = wanted[0], wanted[-1]
    first_new = turns[-1]
    last_old = max((i for i in range(first_new) if seen[i].version == old), default=turns[0])
    failed = errors(seen[last_old:first_new])
    text = f"{old} answered until {clock_time(seen[last_old].at)}, {new} from {clock_time(seen[first_new].at)}"
    overlap = [call for call in seen[first_new:] if call.version == old]
    if overlap:
        text += f" (and {old} now and then until {clock_time(overlap[-1].at)}, while both ran)"
    silent = hole(seen[last_old : first_new + 1], seen[last_old].at, seen[first_new].at)
    if silent is not None:
        return f"{text}; from {clock_time(silent[0])} to {clock_time(silent[1])} nobody asked, so more is not known."
    if not failed:
        return f"{text}; no error in between."
    span = seen[first_new].at - failed[0].at
    return f"{text}; {error_words(failed)} in between, in {span:.1f} s. {_reason(given, failed[0].at)}"


def _reason(given: CheckInput, at: float) -> str:
    """Why calls failed, by whether the update under way then had a readinessProbe."""
    name = str(given.params.get("deployment", "user-deployment"))
    under_way = [rollout for rollout in rollouts_since(given.timeline, name, given.since) if rollout.start <= at]
    if under_way and under_way[-1].readiness:
        return "That was while an old pod ended: its endpoint is removed while its program already stops."
    return (
        "Without a readinessProbe Kubernetes takes a pod for ready as soon as its container runs, and sends requests to"
        " a program that is still starting."
    )


def _incomplete(given: CheckInput, seen: list[Answered], wanted: list[str], turns: list[int]) -> list[Finding]:
    answered = list(dict.fromkeys(call.version for call in seen if call.version))
    shown = {"found": ", ".join(answered) or "errors only", "expected": " then ".join(wanted)}
    gap = gap_within(given.timeline, given.since, given.now)
    if not turns and wanted[-1] in answered:
        if gap is not None:
            return SAY.unknown(
                f"{wanted[-1]} answers, but {wanted[0]} was not seen: {gap.reason} from {clock_time(gap.start)} on.",
                hint=f"Roll back to {wanted[0]} and forward again.",
                **shown,
            )
        return SAY.failed(
            f"{wanted[-1]} answers, but {wanted[0]} was not seen before it in this step.",
            hint=f"Roll back to {wanted[0]}, wait for its answer, then roll to {wanted[-1]}.",
            **shown,
        )
    waiting = wanted[len(turns)]
    last = seen[-1]
    now = f"the last call failed ({last.error})" if last.error else f"{last.version} answers"
    return SAY.failed(
        f"{waiting} has not answered yet since {clock_time(given.since)}; {now}.",
        hint="A new pod needs some seconds to start. kubectl rollout status shows how far the update is.",
        **shown,
    )
