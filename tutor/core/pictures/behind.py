"""What the pods behind a Service went through: when the calls that it gets had to fail, or may have failed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from math import inf

from tutor.core.calls import LONGEST_HOLE, WAY_ERRORS
from tutor.core.pictures.answering import EARLY, Answering, program_started
from tutor.core.pictures.histories import Histories, History
from tutor.core.pictures.probes import has_readiness_probe
from tutor.core.timeline import Answered, PodChanged

CLOSE = 1.0
"""Seconds that an error may lie from the change that explains it: nodes hear of an endpoint's change that late."""
BEFORE = 120.0
"""Seconds before a window whose calls are needed: whether a program that just started had answered already."""
Span = tuple[float, float]
"""[from, to), Unix seconds."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The pods behind a Service, as far as errors in [start, end] may come from them."""

    histories: Histories
    service: str
    start: float
    end: float
    calls: Sequence[Answered]
    """Those that may have come as far as the Service, from `BEFORE` before the window on."""
    pods: tuple[tuple[PodChanged, ...], ...] = field(init=False)
    """The states of each until `end`, the oldest pod first."""
    _first_answers: tuple[Answered, ...] = field(init=False)
    """The first answer of each program; all of those that do not tell their program."""
    _pauses: tuple[float, ...] = field(init=False)
    """The calls behind which nobody asked for a while, the last one of all."""

    def __post_init__(self) -> None:
        deployments = self.histories.deployments_behind(self.service, self.end)
        began = self.histories.world_began(self.end)
        found = []
        for history in self.histories.pods.values():
            if history.last.deployment not in deployments or _over(history, self.start - 10):
                continue
            states = tuple(state for state in history.between(-inf, self.end) if state.at >= began)
            if states:
                found.append(states)
        found.sort(key=lambda states: (states[0].created, states[0].name))
        object.__setattr__(self, "pods", tuple(found))
        object.__setattr__(self, "_first_answers", tuple(_first_answers(self.calls)))
        pauses = [one.at for one, other in pairwise(self.calls) if other.at - one.at > LONGEST_HOLE]
        object.__setattr__(self, "_pauses", (*pauses, *(call.at for call in self.calls[-1:])))

    def no_pod(self) -> list[Span]:
        return _complement([_life(states) for states in self.pods]) if self.pods else []

    def none_ready(self) -> list[Span]:
        """Empty where no pod was ever seen: then nobody knows."""
        return _complement([span for states in self.pods for span in _ready(states)]) if self.pods else []

    def no_endpoint(self) -> list[Span]:
        history = self.histories.endpoints.get(self.service)
        states = history.between(self.start, self.end) if history is not None else []
        return [
            (state.at, states[index + 1].at if index + 1 < len(states) else inf)
            for index, state in enumerate(states)
            if not state.ready
        ]

    def leaving(self) -> Iterator[tuple[str, Span]]:
        """Pods that were being terminated, from when until they were gone."""
        for states in self.pods:
            first = next((state for state in states if state.terminating or state.gone), None)
            if first is not None and not (first.gone and first.listed):
                gone = next((state.at for state in states if state.gone), inf)
                yield states[0].name, (first.at - CLOSE, gone + CLOSE)

    def ended(self) -> Iterator[tuple[str, Span, bool]]:
        """Containers that ended though nobody terminated their pod: (pod, span, whether another was ready)."""
        for states in self.pods:
            for before, state in pairwise(states):
                if not before.ready or state.terminating or state.gone or state.listed:
                    continue
                if state.started == before.started and state.restarts == before.restarts:
                    continue
                at, finished = state.at, state.finished
                # The kubelet tells a container's end in whole seconds, and looks about once a second.
                known = finished is not None and at - 10 < finished <= at
                start = finished if known and finished is not None else at - 2 * CLOSE
                others = any(
                    start < until and at >= since
                    for other in self.pods
                    if other is not states
                    for since, until in _ready(other)
                )
                # With no other pod, the errors from now on are for want of any.
                yield state.name, (start, at + CLOSE if others else at), others

    def becoming_ready(self) -> list[Span]:
        """Shortly after a pod was seen to get ready, where none was."""
        seen = {
            state.at
            for states in self.pods
            for before, state in pairwise(states)
            if _serves(state) and not _serves(before)
        }
        return [(end, end + CLOSE) for _, end in self.none_ready() if end in seen]

    def starting(self, by_any: bool = False) -> tuple[list[Span], bool]:
        """When a pod without a readinessProbe counted as ready though its program had not answered; did it later.

        `by_any`: whatever came through is an answer (of a gateway, which also tells of an error behind it).
        """
        spans: list[Span] = []
        later, heard_of = True, set[str]()
        for states in self.pods:
            for index, state in enumerate(states):
                before = states[index - 1] if index else None
                if not _serves(state) or (before and _serves(before) and before.started == state.started):
                    continue
                if state.started is None or state.at < self.start - BEFORE:
                    continue
                if has_readiness_probe(self.histories, state) is not False:
                    continue
                ends = (other.at for other in states[index:] if not _serves(other) or other.started != state.started)
                end = next(ends, inf)
                heard = self._first_heard(state, end, heard_of) if not by_any else self._first_passed(state.at, end)
                later = later and heard is not None
                end = end if heard is None else min(end, heard)
                # Where nobody asked, it may have been up long since.
                spans.append((state.at, min(end, self._asked_until(state.at) + LONGEST_HOLE)))
        return spans, later

    def _first_heard(self, pod: PodChanged, end: float, heard_of: set[str]) -> float | None:
        """Until when the program of a pod's present run may have been starting; None where it never answered.

        An answer that may be its own counts, even where it is not sure; each program is that of one pod. `heard_of`:
        those of others, to which its own is added.
        """
        started = pod.started or pod.at
        asked = Answering(self.histories, (pod.deployment,))
        for call in self._first_answers[bisect_left(self._first_answers, pod.at, key=_at) :]:
            if call.at >= end:
                break
            began, by = program_started(call), asked.pod_of(call)
            its = by is None or by.uid == pod.uid
            if call.pod_started in heard_of or not its or (began is not None and began < started - EARLY):
                continue
            if began is not None:
                heard_of.add(call.pod_started)
            return call.at
        return None

    def _first_passed(self, start: float, end: float) -> float | None:
        """The first call in [start, end) that came through, were it with an error from behind."""
        first = bisect_left(self.calls, start, key=_at)
        passed = next((call.at for call in islice(self.calls, first, None) if call.error not in WAY_ERRORS), inf)
        return passed if passed < end else None

    def _asked_until(self, start: float) -> float:
        """The last call behind `start` before which nobody paused; `start` itself where there is none."""
        return next((last for last in self._pauses if last >= start), start) if self._asks_at(start) else start

    def _asks_at(self, start: float) -> bool:
        index = bisect_left(self.calls, start, key=_at)
        return index < len(self.calls) and self.calls[index].at - start <= LONGEST_HOLE


def _first_answers(calls: Sequence[Answered]) -> Iterator[Answered]:
    seen: set[str] = set()
    for call in calls:
        if not call.error and call.pod_started not in seen:
            if call.pod_started:
                seen.add(call.pod_started)
            yield call


def _at(call: Answered) -> float:
    return call.at


def _serves(state: PodChanged) -> bool:
    return state.ready and not state.gone and not state.terminating


def _over(history: History[PodChanged], at: float) -> bool:
    return history.last.gone and history.last.at < at


def _life(states: Sequence[PodChanged]) -> Span:
    return min(states[0].created, states[0].at), next((state.at for state in states if state.gone), inf)


def _ready(states: Sequence[PodChanged]) -> list[Span]:
    """When a pod was ready. Before it was first seen it was, for all that is known, as it was then."""
    found = []
    for index, state in enumerate(states):
        if _serves(state):
            start = state.at if index else min(state.at, state.created)
            found.append((start, _until(state, states[index + 1]) if index + 1 < len(states) else inf))
    return found


def _until(ready: PodChanged, then: PodChanged) -> float:
    """When what was ready was so no more. Where nobody looked the end of its container tells."""
    ended = then.finished
    if then.listed and not then.ready and ended is not None and ready.at < ended <= then.at:
        return ended
    return then.at


def _complement(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    last = -inf
    for start, end in sorted(spans):
        if start > last:
            found.append((last, start))
        last = max(last, end)
    if last < inf:
        found.append((last, inf))
    return found
