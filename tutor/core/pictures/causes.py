"""Why calls failed: what was seen to hold at the time of an error. What was not seen is no cause.

A cause is a sentence and the times at which it was true. Which of them explain some errors: `explained`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from tutor.core.calls import LONGEST_HOLE, WAY_ERRORS, hole
from tutor.core.pictures.answering import EARLY, Answering, program_started
from tutor.core.pictures.histories import Histories, History
from tutor.core.pictures.probes import has_readiness_probe
from tutor.core.timeline import Answered, PodChanged

CLOSE = 1.0
"""Seconds that an error may lie from the change that explains it: nodes hear of an endpoint's change that late."""
BEFORE = 120.0
"""Seconds before a window whose calls are needed: whether a program that just started had answered already."""
AFTER = 5.0
"""Seconds behind errors in which a change is still looked for: it is seen later than it happens."""
Span = tuple[float, float]
"""[from, to), Unix seconds."""


@dataclass(frozen=True, slots=True)
class Cause:
    words: str
    """ "while no pod was ready": goes behind a number of errors."""
    spans: tuple[Span, ...]
    whole_call: bool = False
    """Whether it explains a call that it touches; else it must hold when the call is made."""
    kinds: frozenset[str] | None = None
    """The kinds of errors that it explains; None: all."""
    via: str = ""
    """The way whose calls it explains; empty: all."""
    proof: str = ""
    """A kind of error that proves it alone, whenever it happens."""

    def explains(self, call: Answered) -> bool:
        if self.proof and call.error == self.proof:
            return True
        if (self.kinds is not None and call.error not in self.kinds) or (self.via and call.via != self.via):
            return False
        end = call.at + call.latency if self.whole_call else call.at
        return any(start <= end and call.at < until for start, until in self.spans)


def explained(failed: Sequence[Answered], causes: Sequence[Cause]) -> list[tuple[Cause | None, int]]:
    """The fewest causes that explain the errors, each with the number of its errors, in the order of their time.

    Of two that explain as many, the one that comes first in `causes`. None: what no cause explains.
    """
    left = list(failed)
    found: list[tuple[float, Cause | None, int]] = []
    while left:
        best, most = None, 0
        for cause in causes:
            count = sum(cause.explains(call) for call in left)
            if count > most:
                best, most = cause, count
        its = [call for call in left if best is None or best.explains(call)]
        found.append((its[0].at, best, len(its)))
        left = [call for call in left if best is not None and not best.explains(call)]
    return [(cause, count) for _, cause, count in sorted(found, key=lambda part: part[0])]


@dataclass(frozen=True, slots=True)
class Behind:
    """The pods behind a Service, as far as errors in [start, end] may come from them."""

    histories: Histories
    service: str
    start: float
    end: float
    calls: Sequence[Answered]
    """From `BEFORE` before the window on."""
    pods: tuple[tuple[PodChanged, ...], ...] = field(init=False)
    """The states of each until `end`, the oldest pod first."""

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
            if first is not None:
                gone = next((state.at for state in states if state.gone), inf)
                yield states[0].name, (first.at - CLOSE, gone + CLOSE)

    def ended(self) -> Iterator[tuple[str, Span, bool]]:
        """Containers that ended though nobody terminated their pod: (pod, span, whether another was ready)."""
        for states in self.pods:
            for before, state in pairwise(states):
                if not before.ready or state.terminating or state.gone:
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
        """Shortly after the first of several pods got ready."""
        return [(end, end + CLOSE) for start, end in self.none_ready() if end < inf and start > -inf]

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
                unasked = hole([call for call in self.calls if state.at <= call.at < end], state.at, min(end, self.end))
                spans.append((state.at, min(end, unasked[0] + LONGEST_HOLE) if unasked else end))
        return spans, later

    def _first_heard(self, pod: PodChanged, end: float, heard_of: set[str]) -> float | None:
        """Until when the program of a pod's present run may have been starting; None where it never answered.

        An answer that may be its own counts, even where it is not sure; each program is that of one pod. `heard_of`:
        those of others, to which its own is added.
        """
        started = pod.started or pod.at
        asked = Answering(self.histories, (pod.deployment,))
        for call in self.calls:
            if call.error or not pod.at <= call.at < end or call.pod_started in heard_of:
                continue
            began, by = program_started(call), asked.pod_of(call)
            if (by is not None and by.uid != pod.uid) or (began is not None and began < started - EARLY):
                continue
            if began is not None:
                heard_of.add(call.pod_started)
            return call.at
        return None

    def _first_passed(self, start: float, end: float) -> float | None:
        """The first call in [start, end) that came through, were it with an error from behind."""
        return next((call.at for call in self.calls if start <= call.at < end and call.error not in WAY_ERRORS), None)


def causes_of(
    histories: Histories,
    calls: Sequence[Answered],
    start: float,
    end: float,
    now: float,
    service: str = "user",
    gateway: str = "gateway",
) -> list[Cause]:
    """All that may explain errors in [start, end], by what is known at `now`; what is proved best first.

    `calls`: up to `now`, from `BEFORE` earlier on. `service`: the one that is called, through `gateway`.
    """
    end = min(now, end + AFTER)
    way = Behind(histories, gateway, start, end, calls)
    behind = Behind(histories, service, start, end, calls)
    return [*_of_gateway(way), *_of_service(behind), *_of_gateway_changes(way)]


def _of_service(behind: Behind) -> Iterator[Cause]:
    yield Cause(f"while there was no pod of {behind.service}", tuple(behind.no_pod()))
    yield Cause("while no pod was ready", tuple(behind.none_ready()))
    words = f"while the Service {behind.service} had no ready endpoint"
    # The API server, whose service proxy leads to the Service, knows that better than its pods' own readiness.
    yield Cause(words, tuple(behind.no_endpoint()), proof="no-endpoints")
    leaving = tuple(span for _, span in behind.leaving())
    yield Cause("while a pod was being terminated", leaving, whole_call=True)
    spans, later = behind.starting()
    did = "was still starting" if later else "did not answer yet"
    yield Cause(f"while a pod counted as ready, though its program {did}", tuple(spans))
    for name, span, others in behind.ended():
        sent = ", before the Service sent elsewhere" if others else ""
        yield Cause(f"just as {short(name)} ended{sent}", (span,), whole_call=True)
    words = "just as a pod became ready, before the Service sent to it"
    yield Cause(words, tuple(behind.becoming_ready()))


def _of_gateway(way: Behind) -> Iterator[Cause]:
    """Of calls that did not come through: nothing stood where they go in. The service proxy goes past the gateway."""

    def cause(words: str, spans: list[Span]) -> Cause:
        return Cause(words, tuple(spans), kinds=WAY_ERRORS, via="nodeport")

    yield cause("while there was no pod of the gateway", way.no_pod())
    yield cause("while no pod of the gateway was ready", way.none_ready())
    yield cause("while the Service gateway had no ready endpoint", way.no_endpoint())


def _of_gateway_changes(way: Behind) -> Iterator[Cause]:
    def cause(words: str, *spans: Span, whole_call: bool = True) -> Cause:
        return Cause(words, spans, whole_call, kinds=WAY_ERRORS, via="nodeport")

    yield cause("while a pod of the gateway was being terminated", *(span for _, span in way.leaving()))
    spans, later = way.starting(by_any=True)
    did = "was still starting" if later else "did not answer yet"
    yield cause(f"while the gateway counted as ready, though its program {did}", *spans, whole_call=False)
    yield cause("just as the gateway's container ended", *(span for _, span, _ in way.ended()))
    yield cause("just as the gateway became ready", *way.becoming_ready(), whole_call=False)


def short(name: str) -> str:
    """The part of a pod's name that tells it from its siblings."""
    return f"…{name.rpartition('-')[2]}" if "-" in name else name


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
            found.append((start, states[index + 1].at if index + 1 < len(states) else inf))
    return found


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
