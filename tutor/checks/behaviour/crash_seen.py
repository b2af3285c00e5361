"""A pod of the Deployment crashed since the step began, was started again, is ready again and answers."""

from __future__ import annotations

from functools import partial

from tutor.checks.behaviour.crash_story import story
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
    hole,
    pods_of,
    restarts_since,
    whole_cluster_restarted,
)
from tutor.core.finding import Finding, Verdict
from tutor.core.gateway import of_the_gateway
from tutor.core.settled import answered_again
from tutor.core.timeline import Answered

SAY = Say("crash-seen", "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy")
LEAD = 3.0
"""Seconds before READY went down in which calls failed already: the kubelet notices a little later."""
LONGEST = 600.0
"""Seconds after READY 1/1 in which an answer is looked for."""
ASKED_BEFORE = 15.0
"""Seconds before the crash in which an answer shows that the calls reach the program."""
EXPECTED = "READY 0/1, RESTARTS + 1, READY 1/1"
AGAIN = "Crash it once more while the tutor is open (or homics-tutor watch is running), and look at READY."


@rule("crash-seen", Level.BEHAVIOUR, {"deployment": str})
def crash_seen(given: CheckInput) -> list[Finding]:
    """A pod went 0/1, was restarted with the same UID, came back and answers again, since the step began."""
    name = str(given.params["deployment"])
    if missing := SAY.without_cluster(given, "Pod"):
        return missing
    restarts = [r for r in restarts_since(given.timeline, name, given.since) if r.was_ready]
    judged = newest(partial(_judge, given), restarts)
    if judged and judged[0].verdict is Verdict.PASSED:
        return judged
    return _down(given, name, restarts) or judged or _none_yet(given, name)


def _judge(given: CheckInput, restart: Restart) -> Finding:
    if whole_cluster_restarted(given.timeline, restart):
        return SAY.failed(
            f"{restart.pod} was restarted at {clock_time(restart.at)}, but so was the whole cluster: that was no crash"
            " of yours.",
            hint="Press Crash when everything is ready again.",
        )[0]
    if why := ended_by_kubelet(given.timeline, restart):
        return _ended_by_kubelet(restart, why)
    if restart.ready_again_at is None and restart.gone:
        return SAY.failed(
            f"{restart.pod} crashed and was restarted ({restart.before}→{restart.after}) at {clock_time(restart.at)},"
            " and was deleted before it was ready again.",
            found="a pod that is gone",
            expected=EXPECTED,
            hint="Press Crash once more, and let the pod come back by itself.",
        )[0]
    if restart.ready_again_at is None:
        return SAY.failed(
            f"{restart.pod} crashed and was restarted ({restart.before}→{restart.after}) at {clock_time(restart.at)};"
            " it is not ready again yet.",
            found="0/1",
            expected="1/1 again",
            hint="Wait. After several crashes the kubelet waits longer before each restart (CrashLoopBackOff).",
        )[0]
    if not restart.watched:
        return SAY.unknown(_found_later(restart), hint=AGAIN, expected=EXPECTED)[0]
    made = calls(given.timeline, restart.failing_from(LEAD), restart.ready_again_at + LONGEST)
    back = answered_again(made, restart.ready_again_at)
    if back is None and _should_answer(given, restart, made):
        failed = errors(made)
        text = f"; {error_words(failed)} until now" if failed else ""
        return SAY.failed(
            f"{restart.pod} was restarted ({restart.before}→{restart.after}) and is 1/1 again since"
            f" {clock_time(restart.ready_again_at)}, but its program does not answer steadily yet{text}.",
            found="READY 1/1, no answer",
            expected="an answer again",
            hint="Wait: the program needs some seconds from its start. Does it take a minute? kubectl logs tells why.",
        )[0]
    return SAY.passed(story(given.timeline, restart, made, back), found=f"restarts {restart.before}→{restart.after}")[0]


def _ended_by_kubelet(restart: Restart, why: str) -> Finding:
    when = f"{restart.pod} was restarted at {clock_time(restart.at)} by the kubelet"
    if why == "definition":
        return SAY.failed(
            f"{when}, since the image or another field of the pod itself was changed: that was no crash.",
            found="a changed container",
            expected="a crash, and a restart after it",
            hint="Press Crash: the program ends by itself then, and the pod stays as it is.",
        )[0]
    return SAY.failed(
        f"{when}, since its {why} failed: that was no crash of yours.",
        found=f"a failed {why}",
        expected="a crash, and a restart after it",
        hint=f"Mend the {why} or take it out, apply, and press Crash.",
    )[0]


def _should_answer(given: CheckInput, restart: Restart, made: list[Answered]) -> bool:
    """Whether calls can tell when the program is back: they were answered before, still are made, and reach it."""
    up = restart.ready_again_at or restart.at
    before = calls(given.timeline, restart.start - ASKED_BEFORE, restart.start)
    after = [call for call in made if call.at >= up]
    last = max((call.at for call in (*before, *made) if call.at < up), default=up)
    stopped = hole(after, last, min(given.now, up + LONGEST)) is not None
    away = bool(of_the_gateway(given.timeline, after[-1:]))
    return any(not call.error for call in before) and not stopped and not away


def _down(given: CheckInput, name: str, restarts: list[Restart]) -> list[Finding]:
    """A pod that went down after its last restart, and is not started again yet."""
    down = down_now(given, name, restarts)
    if down is None:
        return []
    if down.runs:
        return SAY.failed(
            f"{down.pod.name} is 0/1 since {clock_time(down.since)}, though its container runs: its readinessProbe does"
            " not succeed. That is no crash.",
            found="0/1, no restart",
            expected=EXPECTED,
            hint=f"kubectl describe pod {down.pod.name} tells why. Press Crash when the pod is 1/1.",
        )
    return SAY.failed(
        f"{down.pod.name} is 0/1 ({down.pod.status}) since {clock_time(down.since)}; its restart has not been seen"
        " yet.",
        found="0/1",
        expected=EXPECTED,
        hint="Wait: the kubelet starts the container again. After several crashes it waits longer.",
    )


def _none_yet(given: CheckInput, name: str) -> list[Finding]:
    begun = clock_time(given.since)
    pods = pods_of(given.timeline, name, given.since)
    if not pods:
        return SAY.failed(
            f"No pod of {name} has been seen: there is nothing to crash.", expected=EXPECTED, hint="Apply user first."
        )
    if any(
        entries[-1].gone and not (entries[0].at < given.since and entries[0].terminating) for entries in pods.values()
    ):
        return SAY.failed(
            f"A pod of {name} was deleted and replaced since {begun}: its successor is a new pod, so no"
            " restart counts.",
            expected=EXPECTED,
            hint="Press Crash instead: the same pod then restarts its container.",
        )
    earlier = [r for r in restarts_since(given.timeline, name, 0.0) if r.at < given.since and r.was_ready]
    if earlier:
        last = earlier[-1]
        return SAY.failed(
            f"{last.pod} crashed at {clock_time(last.start)} (restarts {last.before}→{last.after}), before this"
            f" step began at {begun}: what counts is what you see now.",
            found="a restart before the step",
            expected=EXPECTED,
            hint="Press Crash once more, and look at the pods.",
        )
    return SAY.failed(
        f"No crash of {name} has been seen since the step began at {begun}.",
        found="no restart",
        expected=EXPECTED,
        hint="Press Crash on the page User activity, or the tutor's key for it.",
    )


def _found_later(restart: Restart) -> str:
    text = (
        f"Restart {restart.before}→{restart.after} of {restart.pod}, found at {clock_time(restart.at)}: nobody was"
        " looking when it happened"
    )
    if restart.ended is not None and restart.ran_from is not None and restart.ran_from >= restart.ended:
        text += (
            f". By the kubelet the container ended at {clock_time(restart.ended)} and was started again at"
            f" {clock_time(restart.ran_from)}"
        )
    unseen = "READY 0/1" if restart.not_ready_at is None else "READY 0/1 until its end"
    return f"{text}. {unseen} was not seen, so the crash could not be checked."
