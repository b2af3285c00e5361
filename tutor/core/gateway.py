"""Calls that failed because the gateway was gone or starting: they say nothing of the application behind it.

All times are Unix seconds by the tutor's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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
    nobody there, and lie between a change of its pods, or shortly before it, and the next answer. A gateway that says
    what went wrong (http-500, a login that does not work) is there."""
    found: list[Answered] = []
    changes = disturbances(timeline)
    for call, there in _with_last_sign(timeline, made):
        near = [at for at in changes if call.at - LONGEST <= at <= call.at + LEAD]
        if near and there < near[-1] + LEAD:
            found.append(call)
    return found


def _with_last_sign(timeline: Timeline, made: Sequence[Answered]) -> list[tuple[Answered, float]]:
    """Each call that found no gateway, with the time of the last one before it that did, if only to be told what went
    wrong."""
    wanted = [call for call in made if call.via == "nodeport" and call.error in WAY_ERRORS]
    if not wanted:
        return []
    found: list[tuple[Answered, float]] = []
    through = [call for call in timeline.of(Answered, wanted[0].at - LONGEST) if call.via == "nodeport"]
    there, index = float("-inf"), 0
    for call in wanted:
        while index < len(through) and through[index].at < call.at:
            if through[index].error not in WAY_ERRORS:
                there = through[index].at
            index += 1
        found.append((call, there))
    return found
