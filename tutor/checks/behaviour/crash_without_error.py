"""With two replicas one pod crashed, the other one answered, and no caller noticed."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.evidence import (
    Restart,
    calls,
    clock_time,
    error_words,
    errors,
    gap_within,
    hole,
    ready_pods_at,
    restarts_since,
    whole_cluster_restarted,
)
from tutor.core.finding import Finding, Verdict

SAY = Say("crash-without-error", "https://kubernetes.io/docs/concepts/services-networking/service/#endpointslices")
BEFORE, AFTER = 2.5, 1.5
"""Seconds around the moment when READY went down in which a call may still have been sent to the pod that had ended:
the kubelet looks at its containers once a second, and the endpoints follow.
"""


@rule("crash-without-error", Level.BEHAVIOUR, {"deployment": str})
def crash_without_error(given: CheckInput) -> list[Finding]:
    """One of two ready pods crashed and came back, and the calls were answered all the time."""
    name = str(given.params["deployment"])
    if missing := SAY.without_cluster(given, "Pod"):
        return missing
    crashes = [
        restart
        for restart in restarts_since(given.timeline, name, given.since)
        if restart.was_ready and not whole_cluster_restarted(given.timeline, restart)
    ]
    judged = [_judge(given, name, restart) for restart in crashes]
    good = [finding for finding in judged if finding.verdict is Verdict.PASSED]
    if good:
        return good[-1:]
    if judged:
        return judged[-1:]
    return SAY.failed(
        f"No crash of {name} has been seen since the step began at {clock_time(given.since)}.",
        found="no restart",
        expected="one of two pods crashes, the other one answers",
        hint="Wait until both pods are 1/1, then press Crash once.",
    )


def _judge(given: CheckInput, name: str, restart: Restart) -> Finding:
    down = restart.not_ready_at or restart.at
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
            hint="Wait until both pods are 1/1, then press Crash once more.",
        )[0]
    if restart.ready_again_at is None:
        return SAY.failed(f"{what} and is not ready again yet.", hint="Wait for it.")[0]
    up = restart.ready_again_at
    gap = gap_within(given.timeline, down, up)
    if gap is not None:
        return SAY.unknown(f"{what}, but {gap.reason} from {clock_time(gap.start)} on.", hint="Crash once more.")[0]
    made = calls(given.timeline, down - BEFORE, up)
    silent = hole(made, down - BEFORE, up)
    if silent is not None or not made:
        return SAY.unknown(
            f"{what}, but nobody asked for the version then.", hint="Turn the traffic on and crash once more."
        )[0]
    failed = errors(made)
    serious = [call for call in failed if not down - BEFORE <= call.at <= down + AFTER]
    answering = ", ".join(others)
    if serious:
        return SAY.failed(
            f"{what}; {error_words(serious)} of {len(made)} calls, although {answering} was ready.",
            found=error_words(serious),
            expected="no error",
            hint="Did the second pod crash, too? Wait until both are 1/1 and crash once.",
        )[0]
    text = f"{what} and was back after {up - down:.1f} s; {answering} answered meanwhile: {len(made)} calls"
    if not failed:
        return SAY.passed(f"{text}, no error, since the Service sends requests to ready pods alone.", found="no error")[
            0
        ]
    return SAY.passed(
        f"{text}, {error_words(failed)} at the moment of the crash itself: those were on their way to the pod"
        " that ended.",
        found=error_words(failed),
    )[0]
