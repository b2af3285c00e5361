"""Calls that failed because the gateway was gone or starting, or could not be reached from this machine: they say
nothing of the application behind it.

All times are Unix seconds by the tutor's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from tutor.core.calls import WAY_ERRORS
from tutor.core.timeline import Answered, EndpointsChanged, PodChanged, Timeline

GATEWAY = "gateway"
"""The Service that a browser calls."""
LEAD = 2.5
"""Seconds before its endpoints changed in which a call met the gateway as it ended: the kubelet notices a little
later."""
LONGEST = 60.0
"""Seconds after such a change in which it may still be starting; a gateway without a readinessProbe counts as ready
from its first moment on."""


def disturbances(timeline: Timeline, service: str = GATEWAY) -> list[float]:
    """When other pods than before stood behind the gateway's Service, or one of them was started again."""
    changes = [entry for entry in timeline.of(EndpointsChanged) if entry.service == service]
    found = [later.at for earlier, later in pairwise(changes) if set(earlier.ready) != set(later.ready)]
    behind = {pod for entry in changes for pod in (*entry.ready, *entry.not_ready)}
    last: dict[str, PodChanged] = {}
    for entry in timeline.of(PodChanged):
        if entry.name in behind:
            before = last.get(entry.uid)
            if before is not None and entry.restarts > before.restarts:
                found.append(entry.at)
            last[entry.uid] = entry
    return sorted(found)


def of_the_gateway(timeline: Timeline, made: Sequence[Answered]) -> list[Answered]:
    """The failed ones of these calls that the gateway itself was the reason of, as far as can be told: they found
    nobody there, and lie between a change of its pods, or shortly before it, and the next answer; or the poll left its
    NodePort after them, since nobody answers there. A gateway that says what went wrong (http-500, a login that does
    not work) is there."""
    found: list[Answered] = []
    lost = _with_signs(timeline, made)
    changes = disturbances(timeline) if lost else []
    for call, there, left in lost:
        near = [at for at in changes if call.at - LONGEST <= at <= call.at + LEAD]
        if left or (near and there < near[-1] + LEAD):
            found.append(call)
    return found


def _with_signs(timeline: Timeline, made: Sequence[Answered]) -> list[tuple[Answered, float, bool]]:
    """Each call that found no gateway, with the time of the last one before it that did, if only to be told what went
    wrong, and whether the next one that got anywhere went around it."""
    wanted = [call for call in made if _found_nobody(call)]
    if not wanted:
        return []
    until = wanted[-1].at + LONGEST
    near = list(takewhile(lambda call: call.at <= until, timeline.of(Answered, wanted[0].at - LONGEST)))
    around = _gone_around(near)
    found: list[tuple[Answered, float, bool]] = []
    there, index = float("-inf"), 0
    for call in wanted:
        while index < len(near) and near[index].at < call.at:
            if near[index].via == "nodeport" and not _found_nobody(near[index]):
                there = near[index].at
            index += 1
        found.append((call, there, id(call) in around))
    return found


def _gone_around(near: Sequence[Answered]) -> set[int]:
    """The ids of the calls that found nobody, after which the next one that got anywhere did not go to the NodePort.

    A timeout alone may be a program's that hangs behind the gateway: a refusal has to follow.
    """
    found: set[int] = set()
    around = lost = False
    for call in reversed(near):
        if not _found_nobody(call):
            around, lost = call.via != "nodeport", False
        elif around:
            lost = lost or call.error != "timeout"
            if lost:
                found.add(id(call))
    return found


def _found_nobody(call: Answered) -> bool:
    return call.via == "nodeport" and call.error in WAY_ERRORS
