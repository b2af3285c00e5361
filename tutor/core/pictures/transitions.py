"""The moments at which something changed, each with words: where a jump through the timeline stops."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from tutor.core.pictures.causes import short
from tutor.core.timeline import (
    Answered,
    CommandRun,
    DeploymentChanged,
    Entry,
    LinkChanged,
    PodChanged,
    Timeline,
)

ONE_MOMENT = 0.4
"""Seconds within which changes are one moment."""
CALM = 20.0
"""Seconds without a change that end a happening."""
LONGEST = 180.0


@dataclass(frozen=True, slots=True)
class Transition:
    """One moment: what changed from `at` to `until`, Unix seconds, together."""

    at: float
    text: str
    until: float


class _Teller:
    """Tells what an entry changed. Entries must come in the order of their times."""

    def __init__(self) -> None:
        self._pods: dict[str, PodChanged] = {}
        self._deployments: dict[str, DeploymentChanged] = {}
        self._outcome: str | None = None
        self._up = True

    def of(self, entry: Entry) -> list[str]:
        match entry:
            case PodChanged():
                before = self._pods.get(entry.uid)
                self._pods[entry.uid] = entry
                return _pod(before, entry)
            case DeploymentChanged():
                last = self._deployments.get(entry.uid)
                self._deployments[entry.uid] = entry
                return _deployment(last, entry)
            case Answered():
                outcome = entry.version
                if outcome == self._outcome:
                    return []
                self._outcome = outcome
                return [f"errors ({entry.error})" if entry.error else f"{entry.version} answers"]
            case LinkChanged():
                was_up, self._up = self._up, entry.up
                # That it answers at all, when a tutor begins, is no change.
                return (
                    [] if was_up is entry.up else ["the cluster answers again" if entry.up else "the cluster is away"]
                )
            case CommandRun():
                return [f"$ {line}" for line in entry.command.splitlines()]
        return []


def _pod(before: PodChanged | None, after: PodChanged) -> list[str]:
    name = short(after.name)
    if after.gone:
        return [f"{name} is gone"]
    if before is None:
        # One that ran before anybody looked does not appear now.
        return [f"{name} appears"] if after.started is None and not after.restarts else []
    said = []
    if after.restarts > before.restarts:
        said.append(f"{name} restarted, {after.restarts} in all")
    if after.terminating and not before.terminating:
        said.append(f"{name} is being terminated")
    elif after.ready and not before.ready:
        said.append(f"{name} is ready")
    elif before.ready and not after.ready and not after.terminating:
        said.append(f"{name} is not ready ({after.status})")
    elif after.status != before.status and not after.terminating:
        said.append(f"{name} {after.status}")
    return said


def _deployment(before: DeploymentChanged | None, after: DeploymentChanged) -> list[str]:
    if after.gone:
        return [f"{after.name} is gone"]
    if before is None:
        return []
    said = []
    if after.image != before.image:
        said.append(f"{after.name} gets {after.image}")
    elif after.readiness != before.readiness:
        said.append(f"{after.name} {'gets a' if after.readiness else 'loses its'} readinessProbe")
    if after.replicas != before.replicas:
        said.append(f"{after.name} wants {after.replicas} replicas")
    if after.held_up != before.held_up:
        said.append(f"{after.name} is {after.hold}" if after.hold else f"{after.name} goes on")
    return said


def transitions(timeline: Timeline) -> list[Transition]:
    """All moments of a timeline by their times."""
    teller = _Teller()
    found: list[Transition] = []
    for entry in timeline:
        for said in teller.of(entry):
            last = found[-1] if found else None
            if last is not None and entry.at - last.at <= ONE_MOMENT:
                found[-1] = Transition(last.at, f"{last.text}; {said}", entry.at)
            else:
                found.append(Transition(entry.at, said, entry.at))
    return found


def next_after(found: list[Transition], at: float) -> Transition | None:
    """The first one that begins after `at`."""
    index = bisect_right(found, at, key=_at)
    return found[index] if index < len(found) else None


def last_before(found: list[Transition], at: float) -> Transition | None:
    """The last one that was over before `at`."""
    index = bisect_left(found, at, key=lambda moment: moment.until)
    return found[index - 1] if index else None


def last_happening(found: list[Transition], at: float) -> tuple[float, float] | None:
    """(from, to) of the newest changes before `at` that followed each other closely; None where there are none."""
    index = bisect_right(found, at, key=_at)
    if not index:
        return None
    end = start = found[index - 1].at
    for moment in reversed(found[: index - 1]):
        if start - moment.at > CALM or end - moment.at > LONGEST:
            break
        start = moment.at
    return start, end


def _at(moment: Transition) -> float:
    return moment.at
