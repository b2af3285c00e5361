"""When the kubelet starts an ended container again: at once, then 10, 20, 40 … 300 s after its end.

After ten minutes of running the count begins anew. The kubelet looks only every few seconds, so a start comes up to
about ten seconds later. Source: kubernetes.io, Pod lifecycle, "How Pods handle problems with containers";
kubernetes/pkg/kubelet, doBackOff, with client-go/util/flowcontrol/backoff.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.timeline import PodChanged

FIRST, LONGEST, FORGET = 10.0, 300.0, 600.0


def back_off(states: Sequence[PodChanged]) -> float:
    """Seconds between the last end of a pod's first container and its next start, by what was seen of the pod.

    Restarts from before the first state count as if they had followed each other closely.
    """
    count, restarts, started = states[0].restarts, states[0].restarts, states[0].started
    for state in states:
        if state.finished is not None and started is not None and state.finished - started > FORGET:
            count, started = 0, None
        if state.restarts > restarts:
            count += state.restarts - restarts
            restarts = state.restarts
        if state.started is not None:
            started = state.started
    return min(LONGEST, FIRST * 2.0 ** min(count - 1, 10)) if count else 0.0


def next_start(states: Sequence[PodChanged]) -> float | None:
    """When the container may be started again, Unix seconds; None where it runs or has not ended.

    Counted from when its end was seen, where it was: the cluster's clock need not be the tutor's.
    """
    last = states[-1]
    if last.started is not None or last.finished is None or last.terminating or last.gone:
        return None
    seen: float | None = None
    for state in reversed(states):
        if state.started is not None:
            return (seen if seen is not None else last.finished) + back_off(states)
        if state.finished == last.finished:
            seen = state.at
    return last.finished + back_off(states)
