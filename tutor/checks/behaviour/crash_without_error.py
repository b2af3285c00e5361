"""With two replicas one pod crashed, the other one answered, and no caller noticed."""

from __future__ import annotations

from functools import partial

from tutor.checks.behaviour.down_now import down_now
from tutor.checks.behaviour.newest import newest
from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.evidence import (
    Restart,
    calls,
    clock_time,
    ended_by_kubelet,
    error_words,
    errors,
    gap_within,
    hole,
    pods_of,
    ready_pods_at,
    restarts_since,
    whole_cluster_restarted,
)
from tutor.core.finding import Finding, Verdict
from tutor.core.gateway import of_the_gateway
from tutor.core.pictures.answering import Answering
from tutor.core.pictures.histories import Histories
from tutor.core.settled import SLOWEST_CALL, still_open
from tutor.core.timeline import Answered, DeploymentChanged, Timeline

SAY = Say("crash-without-error", "https://kubernetes.io/docs/concepts/services-networking/service/#endpointslices")
BEFORE, AFTER = 2.5, 1.5
"""Seconds around the moment when READY went down in which a call may still have been sent to the pod that had ended:
the kubelet looks at its containers once a second, and the endpoints follow.
"""
SETTLED = 2.0
"""Seconds after the pod is ready again that belong to it: a program that is not able to answer yet shows in them."""
CRASH_ONE = "Wait until both pods are 1/1, then press Crash once."


@rule("crash-without-error", Level.BEHAVIOUR, {"deployment": str})
def crash_without_error(given: CheckInput) -> list[Finding]:
    """One of two ready pods crashed and came back, and the calls were answered all the time."""
    name = str(given.params["deployment"])
    if missing := SAY.without_cluster(given, "Pod"):
        return missing
    crashes = [
        restart
        for restart in restarts_since(given.timeline, name, given.since)
        if restart.was_ready
        and not whole_cluster_restarted(given.timeline, restart)
        and not ended_by_kubelet(given.timeline, restart)
    ]
    judged = newest(partial(_judge, given, name), crashes)
    if judged and judged[0].verdict is Verdict.PASSED:
        return judged
    down = down_now(given, name, crashes)
    if down is not None and not down.runs:
        return SAY.failed(
            f"{down.pod.name} is 0/1 ({down.pod.status}) since {clock_time(down.since)}; its restart has not been seen"
            " yet.",
            found="0/1",
            expected="RESTARTS + 1, and 1/1 again",
            hint="Wait: the kubelet starts the container again. After several crashes it waits longer.",
        )
    if judged:
        return judged
    deleted = any(entries[-1].gone for entries in pods_of(given.timeline, name, given.since).values())
    return SAY.failed(
        f"No crash of {name} has been seen since the step began at {clock_time(given.since)}"
        + ("; a pod that is deleted is replaced by a new one, which is no restart." if deleted else "."),
        found="no restart",
        expected="one of two pods crashes, the other one answers",
        hint=CRASH_ONE,
    )


def _judge(given: CheckInput, name: str, restart: Restart) -> Finding:
    down = restart.start
    what = f"{restart.pod} crashed at {clock_time(down)} (restarts {restart.before}→{restart.after})"
    if not restart.watched:
        return SAY.unknown(
            f"{restart.pod} was restarted ({restart.before}→{restart.after}), found at {clock_time(restart.at)}: nobody"
            " was looking when it happened.",
            hint="Crash once more, with the traffic on.",
        )[0]
    others = [pod for pod in ready_pods_at(given.timeline, name, down) if pod != restart.pod]
    if not others:
        return SAY.failed(
            f"{what}, but no other pod of {name} was ready then, so nobody could answer.",
            found="1 ready pod",
            expected="2 ready pods",
            hint=CRASH_ONE,
        )[0]
    if not _had_probe(given, name, down):
        return SAY.failed(
            f"{what}, but {name} has no readinessProbe: the pod counts as ready before its program answers, and callers"
            " are sent to it.",
            found="no readinessProbe",
            expected="a pod that is ready when it is able to answer",
            hint=f"Add the readinessProbe of the step before, and apply the file. {CRASH_ONE}",
        )[0]
    if restart.ready_again_at is None and restart.gone:
        return SAY.failed(f"{what} and was deleted before it was ready again.", hint=CRASH_ONE)[0]
    if restart.ready_again_at is None:
        return SAY.failed(f"{what} and is not ready again yet.", hint="Wait for it.")[0]
    up = restart.ready_again_at
    gap = gap_within(given.timeline, down, up)
    if gap is not None:
        return SAY.unknown(f"{what}, but {gap.reason} from {clock_time(gap.start)} on.", hint="Crash once more.")[0]
    end = up + SETTLED
    began = restart.failing_from(BEFORE)
    made = calls(given.timeline, began, end)
    silent = hole(made, began, min(end, given.now))
    if silent is not None or not made:
        return SAY.unknown(
            f"{what}, but nobody asked for the version then.", hint="Turn the traffic on and crash once more."
        )[0]
    if given.now < end or still_open(calls(given.timeline, began, end + SLOWEST_CALL), end, given.now):
        return SAY.failed(f"{what} and is ready again since {clock_time(up)}: one moment.", hint="Wait for it.")[0]
    return _by_calls(given, restart, made, others, what)


def _had_probe(given: CheckInput, name: str, at: float) -> bool:
    """Whether the Deployment had a readinessProbe then, or nothing tells that it had none."""
    before = [entry for entry in given.timeline.of(DeploymentChanged) if entry.name == name and entry.at <= at]
    return not before or before[-1].readiness


def _by_calls(given: CheckInput, restart: Restart, made: list[Answered], others: list[str], what: str) -> Finding:
    """The verdict of a crash that is over and was watched under traffic."""
    down, up = restart.start, restart.ready_again_at or restart.at
    failed = errors(made)
    answering = ", ".join(others)
    late = [call for call in failed if call.at > down + AFTER]
    gateways = of_the_gateway(given.timeline, made)
    serious = [call for call in late if call not in gateways]
    if late and not serious:
        return SAY.unknown(
            f"{what}; {error_words(gateways)} meanwhile, in which the gateway itself could not be reached: they say"
            " nothing of user.",
            found=error_words(gateways),
            hint="Wait until the gateway is 1/1 and answers, then crash once more.",
        )[0]
    if serious:
        too = _down_too(given, restart, up)
        return SAY.failed(
            f"{what}; {error_words(serious)} of {len(made)} calls, "
            + (f"while {too} was down, too." if too else f"although {answering} was ready."),
            found=error_words(serious),
            expected="no error",
            hint=CRASH_ONE
            if too
            else "Does the readinessProbe ask the page that really needs the program? " + CRASH_ONE,
        )[0]
    asked = [call for call in made if down <= call.at < up]
    if not any(not call.error for call in asked):
        return SAY.unknown(
            f"{what} and was back after {up - down:.1f} s, in which no call was answered: too short to tell.",
            hint="Ask more often (the key for the rate), and crash once more.",
        )[0]
    text = f"{what} and was back after {up - down:.1f} s; {_who_answered(given, restart, asked, others)}"
    if not failed:
        return SAY.passed(f"{text}, no error, since the Service sends requests to ready pods alone.", found="no error")[
            0
        ]
    at_once = [call for call in failed if call not in gateways]
    if at_once:
        text += (
            f", {error_words(at_once)} at the moment of the crash itself: those were on their way to the pod that ended"
        )
    if gateways:
        text += f", {error_words(gateways)} that did not reach the gateway itself"
    return SAY.passed(f"{text}.", found=error_words(failed))[0]


def _who_answered(given: CheckInput, restart: Restart, asked: list[Answered], others: list[str]) -> str:
    """ "…-z4jx5 answered meanwhile: 9 calls", as far as the answers tell whose they are.

    `asked`: the calls while the pod was down. `others`: the pods that were ready when it went.
    """
    histories = Histories()
    histories.update(
        Timeline(e for entries in pods_of(given.timeline, restart.deployment, restart.start).values() for e in entries)
    )
    by = Answering(histories, [restart.deployment]).pods_of(asked)
    told = sorted(name for name in by if name and name != restart.pod)
    count, answered = sum(by[name] for name in told), sum(by.values())
    calls_ = f"{answered} call{'' if answered == 1 else 's'}"
    if not told:
        return f"{_names(others)} {'was' if len(others) == 1 else 'were'} ready meanwhile: {calls_}"
    if count == answered:
        return f"{_names(told)} answered meanwhile: {calls_}"
    return f"{_names(told)} answered meanwhile: {count} of {calls_}"


def _names(pods: list[str]) -> str:
    return " and ".join(pods) if len(pods) < 3 else f"{len(pods)} other pods"


def _down_too(given: CheckInput, restart: Restart, until: float) -> str:
    """A pod that stood beside the one that crashed, and was not ready at some moment until then; "" where none."""
    for uid, entries in pods_of(given.timeline, restart.deployment, restart.start).items():
        was_ready = entries[0].ready
        for entry in entries:
            if uid != restart.uid and was_ready and not entry.ready and entry.at <= until:
                return entry.name
            was_ready = was_ready or entry.ready
    return ""
