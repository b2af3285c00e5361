"""Which pod answered a call: told by the time at which the answering program started, and by who was ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutor.core.pictures.histories import Histories
from tutor.core.timeline import Answered, PodChanged
from tutor.kube.times import unix

EARLY = 2.0
"""Seconds that a program's start may lie before the kubelet's whole second of it."""
APART = 2.0
"""Seconds by which one pod must fit better than the next for the answer to be its."""


def program_started(call: Answered) -> float | None:
    """Unix seconds; None where the answer does not tell."""
    text = call.pod_started
    if not text:
        return None
    try:
        return float(text) / 1_000 if text.isdigit() else unix(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Answering:
    """The pods of some Deployments, to be asked who answered."""

    histories: Histories
    deployments: Sequence[str]

    def pods_at(self, at: float) -> list[PodChanged]:
        """Those that were there, by their names."""
        found = []
        for history in self.histories.pods.values():
            if history.last.deployment in self.deployments and (state := history.at(at)) and not state.gone:
                found.append(state)
        return sorted(found, key=lambda state: state.name)

    def pod_of(self, call: Answered) -> PodChanged | None:
        """The pod that gave an answer; None for an error, or where it cannot be told."""
        if call.error:
            return None
        there = [state for state in self.pods_at(call.at) if state.started is not None]
        ready = [state for state in there if state.ready and not state.terminating]
        if len(ready) == 1 and len(there) == 1:
            return ready[0]
        began = program_started(call)
        if began is not None:
            fits = sorted(
                (began - state.started, state.name, state)
                for state in there
                if state.started is not None and began >= state.started - EARLY
            )
            if len(fits) == 1 or (len(fits) > 1 and fits[1][0] - fits[0][0] > APART):
                return fits[0][2]
        return ready[0] if len(ready) == 1 else None

    def pods_of(self, calls: Iterable[Answered]) -> dict[str, int]:
        """Name of a pod → the answers that were its; "" for those that cannot be told."""
        found: dict[str, int] = {}
        for call in calls:
            if not call.error:
                pod = self.pod_of(call)
                name = pod.name if pod is not None else ""
                found[name] = found.get(name, 0) + 1
        return found
