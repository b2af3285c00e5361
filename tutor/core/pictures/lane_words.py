"""What the lanes show, in one or two sentences: how many errors, how long, and why, or why there was none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.core.calls import Gap, clock_time, error_words
from tutor.core.pictures.answering import Answering
from tutor.core.pictures.back_off import back_off, next_start
from tutor.core.pictures.causes import Cause, explained, short
from tutor.core.pictures.histories import Histories, History
from tutor.core.timeline import Answered, PodChanged

TOGETHER = 6.0
"""Seconds between two errors that still belong to one disturbance."""
SHORTLY = 8.0
"""Seconds between the end of a container and the first error that it may cause."""
SEEN_LATE = 3.0
"""Seconds that a pod's change may be seen after the errors that it caused."""
LOOK_BACK = 600.0
"""Seconds before the window in which the beginning of a disturbance is looked for that the window cuts."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Errors that belong together. `end` None: no call was answered since."""

    start: float
    end: float | None
    failed: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    text: str
    tone: str
    """"good", "bad", "warn" or "dim"."""


def disturbances(answers: Sequence[Answered]) -> list[Disturbance]:
    """Each from its first error to the first answer behind its last one."""
    found: list[Disturbance] = []
    failed: list[Answered] = []
    good: float | None = None
    for call in answers:
        if call.error:
            if failed and call.at - failed[-1].at > TOGETHER:
                found.append(Disturbance(failed[0].at, good, tuple(failed)))
                failed = []
            failed.append(call)
            good = None
        elif failed and good is None:
            good = call.at
    if failed:
        found.append(Disturbance(failed[0].at, good, tuple(failed)))
    return found


def summary(
    answers: Sequence[Answered],
    away: Sequence[Gap],
    histories: Histories,
    start: float,
    now: float,
    deployments: Sequence[str],
    causes: Callable[[float, float], Sequence[Cause]],
    earlier: Callable[[float], Sequence[Answered]],
) -> Summary:
    """Of the window [start, now]: its last disturbance, else what was survived without one, else the plain count.

    A disturbance is told whole, with what of it lies before the window. `answers`: the window's calls that tell of
    the application; `away`: when nothing was seen. `causes`: what may explain errors in [from, to]. `earlier`: the
    calls from a time on until the window.
    """
    gap = next((gap for gap in reversed(away) if gap.start <= now), None)
    if gap is not None and (gap.end is None or gap.end > now):
        return Summary(f"Since {clock_time(gap.start)} {gap.reason}: nothing is counted.", "warn")
    if not answers:
        return Summary("No call of the version page was made in this time.", "dim")
    broken = disturbances(answers)
    if broken:
        last, total = broken[-1], sum(len(one.failed) for one in broken)
        if last is broken[0] and last.start - start <= TOGETHER:
            answers = [*_beginning(last, start, earlier), *answers]
            last = disturbances(answers)[-1]
        why = causes(last.start, last.end if last.end is not None else now)
        said = _broken(last, answers, total, histories, now, deployments, why)
        return Summary(f"At least {said}" if last.start - start < TOGETHER - LOOK_BACK else said, "bad")
    count = len(answers)
    survived = _survived(answers, histories, start, now, deployments)
    if survived:
        return Summary(survived, "good")
    versions = ", then ".join(dict.fromkeys(call.version for call in answers))
    return Summary(f"0 errors: {count} {_calls(count)} answered by {versions}.", "good")


def _beginning(cut: Disturbance, start: float, earlier: Callable[[float], Sequence[Answered]]) -> list[Answered]:
    """The calls before the window [start, …] that belong to its first disturbance, from its first error on."""
    back = 60.0
    while True:
        before = earlier(start - back)
        first = disturbances([*before, *cut.failed])[-1].start
        if first - (start - back) > TOGETHER or back >= LOOK_BACK:
            return [call for call in before if call.at >= first]
        back = min(LOOK_BACK, back * 2)


def _broken(
    last: Disturbance,
    answers: Sequence[Answered],
    total: int,
    histories: Histories,
    now: float,
    deployments: Sequence[str],
    causes: Sequence[Cause],
) -> str:
    """`total`: the errors of the window."""
    end = last.end if last.end is not None else now
    made = sum(last.start <= call.at < end or call.at == last.failed[-1].at for call in answers)
    lasted = f"in {end - last.start:.1f} s" if end - last.start >= 0.1 else "just now"
    of = f"of {made} calls {lasted}" if made > len(last.failed) else lasted
    said = f"{error_words(last.failed)} {of}{_why(last, causes, now, mixed=made > len(last.failed))}"
    said += "." if last.end is not None else f"; not over yet.{_again(histories, deployments, now)}"
    also = _others(answers, histories, deployments, last.start, end, now)
    if also and last.end is not None:
        said += f" {also}"
    if total > len(last.failed):
        said += f" {total} errors in this window."
    return said


def _why(last: Disturbance, causes: Sequence[Cause], now: float, mixed: bool) -> str:
    """ ", while no pod was ready", or each cause behind the number of its errors.

    `mixed`: calls were answered in between, so that a cause need not have held all the time.
    """
    parts = Counter[str]()
    for cause, count in explained(last.failed, causes):
        parts[cause.words if cause is not None else ""] += count
    late = now - last.failed[-1].at < SEEN_LATE
    unknown = "the cause was not seen yet" if late else "the cause cannot be told from what was seen"
    if len(parts) == 1:
        words = next(iter(parts))
        if not words:
            return f"; {unknown}"
        return f", each {words}" if mixed and len(last.failed) > 1 else f", {words}"
    told = [f"{count} {words}" for words, count in parts.items() if words]
    # What is not known comes last, whenever it was.
    untold = [f"{parts['']} for which {unknown}"] if parts[""] else []
    return f": {'; '.join([*told, *untold])}"


def _again(histories: Histories, deployments: Sequence[str], now: float) -> str:
    """When an ended container is started again, with a blank in front; empty where none waits for that."""
    for history in _of(histories, deployments):
        states = [state for state in history.states if state.at <= now]
        at = next_start(states) if states else None
        if at is not None and at > now:
            wait = f"{at - now:.0f} s (back-off {back_off(states):.0f} s)"
            return f" {short(history.last.name)} is started again in about {wait}."
    return ""


def _survived(
    answers: Sequence[Answered], histories: Histories, start: float, now: float, deployments: Sequence[str]
) -> str:
    """Why nothing failed although a pod was not ready any more. Empty where none was."""
    for history in reversed(_of(histories, deployments)):
        down = _last_outage(history, start, now, now)
        if down is not None:
            code = f" with exit code {down.exit_code}" if down.exit_code is not None else ""
            ended = f"ended{code} and " if down.ended else ""
            said = f"0 errors, although {short(history.last.name)} {ended}was not ready for"
            said += f" {down.until - down.start:.1f} s."
            other = _who_answered(answers, histories, deployments, history, down.start, down.until)
            return f"{said} {other}" if other else said
    return ""


def _others(
    answers: Sequence[Answered], histories: Histories, deployments: Sequence[str], start: float, end: float, now: float
) -> str:
    """Who answered from when a pod ended, shortly before `start`, until it was itself again. Empty where nobody did.

    Without a readinessProbe it counts as ready before it is: the last error at `end` tells.
    """
    for history in _of(histories, deployments):
        down = _last_outage(history, start - SHORTLY, start + 3, now)
        if down is not None:
            return _who_answered(answers, histories, deployments, history, down.start, max(down.until, end))
    return ""


def _who_answered(
    answers: Sequence[Answered],
    histories: Histories,
    deployments: Sequence[str],
    ended: History[PodChanged],
    start: float,
    end: float,
) -> str:
    """ "…sf485 stayed ready and answered all 9 calls meanwhile."; empty where it cannot be told, or none stayed so."""
    meanwhile = [call for call in answers if start <= call.at <= end]
    by = Answering(histories, deployments).pods_of(meanwhile)
    stayed = {
        history.last.name
        for history in _of(histories, deployments)
        if history is not ended and history.first.at <= start
        if all(state.ready and not (state.terminating or state.gone) for state in history.between(start, end))
    }
    others = sorted(name for name in by if name in stayed)
    if not others:
        return ""
    names, count = " and ".join(short(name) for name in others), sum(by[name] for name in others)
    if count == len(meanwhile):
        of = f"all {count} {_calls(count)}" if count > 1 else "the call"
    else:
        of = f"{count} of {len(meanwhile)} calls"
    return f"{names} stayed ready and answered {of} meanwhile."


@dataclass(frozen=True, slots=True)
class _Down:
    """A pod that was ready and is not. `until`: when it was ready again or gone, else now."""

    start: float
    until: float
    exit_code: int | None
    ended: bool
    """Whether its container ended; else it runs, and its probe failed."""


def _last_outage(history: History[PodChanged], start: float, end: float, now: float) -> _Down | None:
    """The last one that began in [start, end], of a pod that was not terminated. Not one that began unseen."""
    states = history.between(start, now)
    for index in range(len(states) - 1, 0, -1):
        state, before = states[index], states[index - 1]
        seen = before.ready and not (state.ready or state.terminating or state.gone or state.listed)
        if state.at <= end and seen:
            again = next((later.at for later in states[index:] if later.ready or later.gone), now)
            ended = (state.started, state.restarts) != (before.started, before.restarts)
            return _Down(state.at, again, state.exit_code, ended)
    return None


def _of(histories: Histories, deployments: Sequence[str]) -> list[History[PodChanged]]:
    found = [history for history in histories.pods.values() if history.last.deployment in deployments]
    return sorted(found, key=lambda history: (history.first.created, history.first.name))


def _calls(count: int) -> str:
    return "call" if count == 1 else "calls"
