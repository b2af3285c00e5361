"""The Deployment was updated while it was asked: first the one version answered, then the other."""

from __future__ import annotations

from tutor.checks.behaviour.newest import newest
from tutor.checks.behaviour.update_story import first_answer, goes_on, last_answer, scale_up, story
from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.calls import LONGEST_HOLE
from tutor.core.evidence import Rollout, calls, clock_time, deleted_at, gap_within, hole, rollouts_since
from tutor.core.finding import Finding
from tutor.core.gateway import of_the_gateway
from tutor.core.settled import answered_again, still_open
from tutor.core.timeline import Answered
from tutor.kube.images import normalise

SAY = Say("version-sequence", "https://kubernetes.io/docs/tutorials/kubernetes-basics/update/update-intro/")
BEFORE = 30.0
"""Seconds before an update in which an answer still tells what ran when it began."""
AFTER = 3.0
"""Seconds after an update in which its last old pod may still drop a call."""

LONGEST = 600.0
"""Seconds after an update in which an answer is looked for."""


@rule("version-sequence", Level.BEHAVIOUR, {"versions": list}, {"deployment": str})
def version_sequence(given: CheckInput) -> list[Finding]:
    """One update of the Deployment led from the first of the versions to the last, and both answered."""
    old, new = (str(given.params["versions"][index]) for index in (0, -1))
    name = _name(given)
    if missing := SAY.without_cluster(given, "Deployment"):
        return missing
    updates = [r for r in rollouts_since(given.timeline, name, given.since) if r.other_version]

    def judge(index: int) -> Finding | None:
        until = updates[index + 1].start if index + 1 < len(updates) else float("inf")
        update = updates[index]
        return _judge(given, update, old, new, min(until, deleted_at(given.timeline, name, update.start)))

    # An update that was broken off is part of the one that did so.
    whole = [index for index, update in enumerate(updates) if update.completed or update.end is None]
    return newest(judge, whole) or _none(given, old, new)


def _name(given: CheckInput) -> str:
    return str(given.params.get("deployment", "user-deployment"))


def _judge(given: CheckInput, update: Rollout, old: str, new: str, until: float) -> Finding | None:
    """None where the update was not one from the old version to the new one. `until`: when the next one began."""
    if normalise(update.after).tag == old or normalise(update.ran).tag == new:
        return None
    before = [call for call in calls(given.timeline, update.begun - BEFORE, update.begun) if not call.error][-1:]
    made = [*before, *calls(given.timeline, update.begun, min(until, (update.end or given.now) + LONGEST))]
    first_new = first_answer(made, new, update.begun)
    last_old = last_answer(made, old, first_new.at if first_new else until)
    if last_old is None and first_new is None:
        return None
    shown = {"found": f"{update.ran} → {update.after}", "expected": f"{old} then {new}"}
    when = f"The update to {update.after} at {clock_time(update.start)}"
    again = f"Roll back to {old}, wait for its answer, then roll to {new} once more, with the tutor and its traffic on."
    if not update.watched:
        return SAY.unknown(f"{when} was found afterwards: nobody was looking when it happened.", hint=again, **shown)[0]
    if update.replicas == 0:
        return SAY.failed(
            f"{when} met no pod: {update.deployment} was scaled to 0, so nothing could roll.",
            hint=scale_up(given, update.deployment) + again,
            **shown,
        )[0]
    if first_new is None:
        return _not_yet(given, made, new, update.begun, shown)
    if last_old is None:
        return SAY.unknown(f"{when} led to {new}, but no answer of {old} was had before it.", hint=again, **shown)[0]
    gap = gap_within(given.timeline, last_old.at, first_new.at)
    if gap is not None:
        return SAY.unknown(f"{when} could not be watched: {gap.reason} from {clock_time(gap.start)} on.", hint=again)[0]
    between = [call for call in made if last_old.at <= call.at <= first_new.at]
    away = of_the_gateway(given.timeline, between)
    unseen = hole([call for call in between if call not in away], last_old.at, first_new.at)
    silent = hole(between, last_old.at, first_new.at)
    if unseen is not None and silent is None:
        return SAY.unknown(
            f"{when} could not be watched: the gateway itself could not be reached from {clock_time(unseen[0])} to"
            f" {clock_time(unseen[1])}.",
            hint=again,
            **shown,
        )[0]
    if silent is not None:
        return SAY.unknown(
            f"{when} was not under traffic all the time: nobody asked from {clock_time(silent[0])} to"
            f" {clock_time(silent[1])}.",
            hint=again,
            **shown,
        )[0]
    return _at_its_end(given, update, made, last_old, first_new, shown)


def _at_its_end(
    given: CheckInput,
    update: Rollout,
    made: list[Answered],
    last_old: Answered,
    first_new: Answered,
    shown: dict[str, str],
) -> Finding:
    """What is told of an update is all of it: when no old pod is left, and the new ones answer steadily."""
    new = first_new.version
    if update.end is None:
        return SAY.failed(
            f"{new} answers, and the update to it goes on.",
            hint=goes_on(
                given.timeline,
                update.deployment,
                f"Wait, or follow it with kubectl rollout status deployment/{update.deployment}",
            ),
            **shown,
        )[0]
    end = update.end + AFTER
    steady = answered_again(made, first_new.at, new)
    stopped = hole([call for call in made if call.at >= first_new.at], first_new.at, given.now) is not None
    if steady is None and not stopped:
        return SAY.failed(f"{new} answers, but not steadily yet.", hint="Wait some seconds.", **shown)[0]
    if given.now < end or still_open(made, end, given.now):
        return SAY.failed(
            f"{new} answers, and the last pod of {last_old.version} is just ending: one moment.",
            hint="Wait some seconds.",
            **shown,
        )[0]
    over = max(end, steady or first_new.at)
    return SAY.passed(story(given.timeline, update, [c for c in made if c.at <= over], last_old, first_new), **shown)[0]


def _not_yet(given: CheckInput, made: list[Answered], new: str, since: float, shown: dict[str, str]) -> Finding:
    if not calls(given.timeline, given.now - LONGEST_HOLE):
        last = (calls(given.timeline, since) or made)[-1]
        return SAY.unknown(
            f"{new} has not answered between {clock_time(since)} and {clock_time(last.at)}, and nobody has asked"
            " since then.",
            hint="Turn the traffic on.",
            **shown,
        )[0]
    last = made[-1]
    now = f"the last call failed ({last.error})" if last.error else f"{last.version} answers"
    starts = "A new pod needs some seconds to start. kubectl rollout status shows how far the update is."
    hint = goes_on(given.timeline, _name(given), starts)
    if of_the_gateway(given.timeline, [last]):
        now += " and did not reach the gateway itself"
        hint = "Is the gateway 1/1? kubectl get pod, and kubectl describe service gateway."
    return SAY.failed(f"{new} has not answered yet since {clock_time(since)}; {now}.", hint=hint, **shown)[0]


def _none(given: CheckInput, old: str, new: str) -> list[Finding]:
    """No update from the one to the other was seen; why, as far as the answers tell."""
    seen = calls(given.timeline, given.since)
    if not seen and given.now - given.since < LONGEST_HOLE and calls(given.timeline, given.now - LONGEST_HOLE):
        return SAY.failed(
            f"The step began at {clock_time(given.since)}, and no call of it was answered until now.",
            hint="One moment.",
            expected=f"{old} then {new}",
        )
    if not seen:
        return SAY.unknown(
            f"Nobody asked user for its version since the step began at {clock_time(given.since)}.",
            hint="Turn the traffic on, and do the update again.",
        )
    answered = list(dict.fromkeys(call.version for call in seen if call.version))
    shown = {"found": ", ".join(answered) or "errors only", "expected": f"{old} then {new}"}
    if new not in answered or (old in answered and last_answer(seen, old) == last_answer(seen, "")):
        last_new = last_answer(seen, new)
        return [_not_yet(given, seen, new, last_new.at if last_new else given.since, shown)]
    again = f"Roll back to {old}, wait for its answer, then roll to {new}: kubectl set image, or the file and apply."
    gap = gap_within(given.timeline, given.since, given.now)
    if gap is not None:
        return SAY.unknown(
            f"{new} answers, but no update from {old} to it was seen: {gap.reason} from {clock_time(gap.start)} on.",
            hint=again,
            **shown,
        )
    anew = deleted_at(given.timeline, _name(given), given.since)
    if anew != float("inf"):
        return SAY.failed(
            f"{new} answers, but by no update: {_name(given)} was deleted at {clock_time(anew)} and made anew.",
            hint=again,
            **shown,
        )
    return SAY.failed(f"{new} answers, but {old} was not seen before it in this step.", hint=again, **shown)
