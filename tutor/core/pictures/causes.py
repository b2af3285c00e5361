"""Why calls failed: what was seen to hold at the time of an error. What was not seen is no cause.

A cause is a sentence and the times at which it was true. Which of them explain some errors: `explained`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.core.calls import WAY_ERRORS
from tutor.core.pictures.behind import Behind, Span
from tutor.core.pictures.histories import Histories
from tutor.core.timeline import Answered

AFTER = 5.0
"""Seconds behind errors in which a change is still looked for: it is seen later than it happens."""


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
    rank: int = 2
    """0: the call cannot have come as far as the Service; 1: nor to a pod; 2: it may have failed for it."""

    def explains(self, calls: Sequence[Answered]) -> set[int]:
        """The indexes of the failed ones of these calls, which are in the order of their times, that it explains."""
        if not self.spans and not self.proof:
            return set()
        longest = max((call.latency for call in calls), default=0.0) if self.whole_call else 0.0
        found = {index for index, call in enumerate(calls) if call.error == self.proof} if self.proof else set()
        for start, until in self.spans:
            low = bisect_left(calls, start - longest, key=_at)
            for index in range(low, bisect_left(calls, until, lo=low, key=_at)):
                call = calls[index]
                took = call.latency if self.whole_call else 0.0
                if call.error and call.at + took >= start and self._fits(call):
                    found.add(index)
        return found

    def _fits(self, call: Answered) -> bool:
        return (self.kinds is None or call.error in self.kinds) and self.via in ("", call.via)


def explained(failed: Sequence[Answered], causes: Sequence[Cause]) -> list[tuple[Cause | None, int]]:
    """The fewest causes that explain the errors, each with the number of its errors, in the order of their time.

    Those of a lower rank go first. Of two that explain as many, the one that comes first in `causes`. None: what no
    cause explains.
    """
    left = set(range(len(failed)))
    found: list[tuple[int, Cause | None, int]] = []
    for rank in sorted({cause.rank for cause in causes}):
        open_ones = [(cause, cause.explains(failed)) for cause in causes if cause.rank == rank]
        while open_ones := [(cause, rest) for cause, its in open_ones if (rest := its & left)]:
            cause, its = max(open_ones, key=lambda one: len(one[1]))
            found.append((min(its), cause, len(its)))
            left -= its
    if left:
        found.append((min(left), None, len(left)))
    return [(cause, count) for _, cause, count in sorted(found, key=lambda part: part[0])]


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
    lost = list(_of_gateway(way))
    lost_ones = set[int]().union(*(cause.explains(calls) for cause in lost))
    came = [call for index, call in enumerate(calls) if index not in lost_ones]
    behind = Behind(histories, service, start, end, came)
    return [*lost, *_of_service(behind), *_of_gateway_changes(way)]


def _of_service(behind: Behind) -> Iterator[Cause]:
    yield Cause(f"while there was no pod of {behind.service}", tuple(behind.no_pod()), rank=1)
    yield Cause("while no pod was ready", tuple(behind.none_ready()), rank=1)
    words = f"while the Service {behind.service} had no ready endpoint"
    # The API server, whose service proxy leads to the Service, knows that better than its pods' own readiness.
    yield Cause(words, tuple(behind.no_endpoint()), proof="no-endpoints", rank=1)
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
    """Of calls that found nobody where they go in. The service proxy goes past the gateway."""

    def cause(words: str, spans: list[Span]) -> Cause:
        return Cause(words, tuple(spans), kinds=WAY_ERRORS, via="nodeport", rank=0)

    yield cause("while there was no pod of the gateway", way.no_pod())
    yield cause("while no pod of the gateway was ready", way.none_ready())
    yield cause("while the Service gateway had no ready endpoint", way.no_endpoint())
    spans, later = way.starting(by_any=True)
    did = "was still starting" if later else "did not answer yet"
    yield cause(f"while the gateway counted as ready, though its program {did}", spans)


def _of_gateway_changes(way: Behind) -> Iterator[Cause]:
    def cause(words: str, *spans: Span, whole_call: bool = True) -> Cause:
        return Cause(words, spans, whole_call, kinds=WAY_ERRORS, via="nodeport")

    yield cause("while a pod of the gateway was being terminated", *(span for _, span in way.leaving()))
    yield cause("just as the gateway's container ended", *(span for _, span, _ in way.ended()))
    yield cause("just as the gateway became ready", *way.becoming_ready(), whole_call=False)


def short(name: str) -> str:
    """The part of a pod's name that tells it from its siblings."""
    return f"…{name.rpartition('-')[2]}" if "-" in name else name


def _at(call: Answered) -> float:
    return call.at
