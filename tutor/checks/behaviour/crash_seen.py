"""A pod of the Deployment crashed since the step began, was started again, and is ready again."""

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
    pods_of,
    restarts_since,
    whole_cluster_restarted,
)
from tutor.core.finding import Finding
from tutor.core.timeline import Answered, Timeline

SAY = Say("crash-seen", "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy")
LEAD = 3.0
"""Seconds before READY went down in which calls failed already: the kubelet notices a little later."""


@rule("crash-seen", Level.BEHAVIOUR, {"deployment": str})
def crash_seen(given: CheckInput) -> list[Finding]:
    """A pod went 0/1, was restarted with the same UID, and came back, since the step began."""
    name = str(given.params["deployment"])
    if missing := SAY.without_cluster(given, "Pod"):
        return missing
    restarts = [r for r in restarts_since(given.timeline, name, given.since) if r.was_ready]
    own = [r for r in restarts if not whole_cluster_restarted(given.timeline, r)]
    back = [r for r in own if r.ready_again_at is not None]
    if back:
        return SAY.passed(describe(given.timeline, back[-1]), found=f"restarts {back[-1].before}→{back[-1].after}")
    if own:
        return _on_its_way(own[-1])
    if restarts:
        return SAY.failed(
            f"{restarts[-1].pod} was restarted at {clock_time(restarts[-1].at)}, but so was the whole cluster: that was"
            " no crash of yours.",
            hint="Press Crash when everything is ready again.",
        )
    return _none_yet(given, name)


def _on_its_way(restart: Restart) -> list[Finding]:
    return SAY.failed(
        f"{restart.pod} crashed and was restarted ({restart.before}→{restart.after}) at {clock_time(restart.at)}; it is"
        " not ready again yet.",
        found="0/1",
        expected="1/1 again",
        hint="Wait. After several crashes the kubelet waits longer before each restart (CrashLoopBackOff).",
    )


def _none_yet(given: CheckInput, name: str) -> list[Finding]:
    expected = "READY 0/1, RESTARTS + 1, READY 1/1"
    begun = clock_time(given.since)
    pods = pods_of(given.timeline, name, given.since)
    if not pods:
        return SAY.failed(
            f"No pod of {name} has been seen: there is nothing to crash.", expected=expected, hint="Apply user first."
        )
    for entries in pods.values():
        last = entries[-1]
        if not last.gone and not last.ready and any(entry.ready for entry in entries):
            down = next(e.at for i, e in enumerate(entries) if not e.ready and any(x.ready for x in entries[:i]))
            return SAY.failed(
                f"{last.name} is 0/1 ({last.status}) since {clock_time(down)}; its restart has not been seen yet.",
                found="0/1",
                expected=expected,
                hint="Wait: the kubelet starts the container again. After several crashes it waits longer.",
            )
    earlier = [r for r in restarts_since(given.timeline, name, 0.0) if r.at < given.since and r.was_ready]
    if earlier:
        newest = earlier[-1]
        return SAY.failed(
            f"{newest.pod} crashed at {clock_time(newest.at)} (restarts {newest.before}→{newest.after}), before this"
            f" step began at {begun}: what counts is what you see now.",
            found="a restart before the step",
            expected=expected,
            hint="Press Crash once more, and look at the pods.",
        )
    if any(entries[-1].gone for entries in pods.values()):
        return SAY.failed(
            f"A pod of {name} was deleted and replaced since {begun}: its successor is a new pod, so no"
            " restart counts.",
            expected=expected,
            hint="Press Crash instead: the same pod then restarts its container.",
        )
    return SAY.failed(
        f"No crash of {name} has been seen since the step began at {begun}.",
        found="no restart",
        expected=expected,
        hint="Press Crash on the page User activity, or the tutor's key for it.",
    )


def describe(timeline: Timeline, restart: Restart) -> str:
    """ "restart 0→1 of user-…-pzkv5 at 14:02:11, 0/1 for 9.4 s, 7 failed calls"."""
    if not restart.watched:
        return _found_later(restart)
    text = f"Restart {restart.before}→{restart.after} of {restart.pod} at {clock_time(restart.at)}"
    if restart.outage is not None:
        text += f", 0/1 for {restart.outage:.1f} s"
    else:
        text += ", 0/1 too short to be seen"
    around = calls_around(timeline, restart)
    if not around:
        return f"{text}. The version was not asked for at that time."
    failed = errors(around)
    if not failed:
        return f"{text}, and no call failed."
    span = failed[-1].at + failed[-1].latency - failed[0].at
    return f"{text}, {error_words(failed)} in the calls of {span:.1f} s, until the program answered again."


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
    return f"{text}. Crash it once more to see READY go to 0/1."


def calls_around(timeline: Timeline, restart: Restart) -> list[Answered]:
    """The calls from shortly before READY went down until the first answer after it was up again."""
    start = (restart.not_ready_at or restart.at) - LEAD
    up = restart.ready_again_at or restart.at
    taken: list[Answered] = []
    for call in calls(timeline, start):
        taken.append(call)
        if call.at >= up and not call.error:
            break
    return taken
