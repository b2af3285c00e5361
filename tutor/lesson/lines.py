"""The timeline as lines of text: one line an event, for a plain terminal, a pipe or a screen reader.

A line cannot be put above one that was printed. What becomes known late says of which moment it tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from math import floor, isfinite

from tutor.core.timeline import (
    Answered,
    CommandRun,
    DeploymentChanged,
    EndpointsChanged,
    Entry,
    EventSeen,
    FileSaved,
    LinkChanged,
    PodChanged,
    RecordingBegan,
    RecordingEnded,
    ReplicaSetChanged,
    StepMoved,
    Timeline,
)

WARN_AGAIN = 60.0
"""Seconds after which a warning that says what one said before is told again."""
SLOW = 1.0
"""Seconds that an answer takes, from which on its line names the moment of the call, too."""


@dataclass(slots=True)
class _Run:
    """Answers of one kind in a row, by the moments of their calls."""

    what: str
    first: float
    last: float
    count: int = 1
    others: int = 0
    """Calls in between with another outcome, which came after later ones had been answered."""
    before: str = ""
    """What was answered before."""
    before_until: float = float("-inf")
    """The last call of that."""

    def take(self, at: float) -> None:
        self.count += 1
        self.first, self.last = min(self.first, at), max(self.last, at)


class Lines:
    """Turns entries into lines. Answers that say the same are one line when they begin and one when they end."""

    def __init__(self) -> None:
        self._answers: _Run | None = None
        self._via = ""
        """The way of the calls as told."""
        self._called_at = float("-inf")
        """The latest call that was told of."""
        self._said_at = float("-inf")
        """The time in front of the latest line."""
        self._away = False
        """Whether the API server was said to be away."""
        self._ended_at: float | None = None
        """When nobody watched any more, until somebody does again."""
        self._pods: dict[str, tuple[object, ...]] = {}
        self._deployments: dict[str, tuple[object, ...]] = {}
        self._wanted: dict[str, tuple[int, str]] = {}
        """(replicas, image) of each Deployment as told."""
        self._endpoints: dict[str, tuple[str, ...]] = {}
        self._warned: dict[tuple[str, ...], float] = {}
        """When each warning was told."""

    def begin(self, timeline: Timeline, now: float) -> list[str]:
        """How things are now, by what was recorded: what comes later is told as a change of it."""
        last: dict[object, Entry] = {}
        for entry in timeline:
            match entry:
                case PodChanged() | DeploymentChanged():
                    last[entry.uid] = entry
                case EndpointsChanged():
                    last[entry.service] = entry
        gone = [entry for entry in last.values() if not getattr(entry, "gone", False)]
        lines = [line for entry in gone for line in self._said(entry)]
        self._said_at = now
        return [f"{clock_time(now)}  {line.replace(' (new)', '')}" for line in lines]

    def of(self, entry: Entry) -> list[str]:
        """The lines of one entry; none where it says nothing new to a reader."""
        lines = self._said(entry)
        if not lines:
            return []
        if isinstance(entry, PodChanged | DeploymentChanged) and entry.listed:
            lines = [f"meanwhile: {line}" for line in lines]
        # An answer is news when it comes, not when it was asked for.
        at = entry.at + entry.latency if isinstance(entry, Answered) else entry.at
        if _tenths(at) < _tenths(self._said_at):
            lines = [f"earlier, at {clock_time(at)}: {line}" for line in lines]
        else:
            self._said_at = at
        return [f"{clock_time(self._said_at)}  {line}" for line in lines]

    def _said(self, entry: Entry) -> list[str]:
        match entry:
            case PodChanged():
                return self._pod(entry)
            case Answered():
                return self._answer(entry)
            case EndpointsChanged():
                if self._endpoints.get(entry.service) == entry.ready:
                    return []
                self._endpoints[entry.service] = entry.ready
                return [f"service {entry.service} sends to {', '.join(entry.ready) or 'no pod'}"]
            case DeploymentChanged(gone=True):
                self._deployments.pop(entry.uid, None)
                self._wanted.pop(entry.uid, None)
                return [f"deployment {entry.name} is gone"]
            case DeploymentChanged():
                return self._deployment(entry)
            case EventSeen(type="Warning"):
                return self._warning(entry)
            case EventSeen() | ReplicaSetChanged():
                return []
            case RecordingEnded():
                self._ended_at = entry.at
                return []
            case RecordingBegan():
                return [self._began(entry)]
            case LinkChanged(up=True):
                was_away, self._away = self._away, False
                return ["the API server answers again"] if was_away else []
            case LinkChanged():
                self._away, self._answers = True, None
                return [f"the API server is away: {_one_line(entry.reason)}"]
            case FileSaved():
                return [f"saved {entry.file}"]
            case CommandRun():
                return [f"$ {_one_line(entry.command, '; ')}"]
            case StepMoved():
                return [f"step {entry.slug} {entry.to}"]

    def _warning(self, event: EventSeen) -> list[str]:
        """A crash loop or a quota warns again and again, with another count or the name of another pod."""
        message = _one_line(event.message).removeprefix("(combined from similar events): ")
        made = re.compile(re.escape(event.name) + r"-[a-z0-9]{5}\b")
        about = (event.kind, event.name, event.reason, made.sub("", message))
        told = self._warned.get(about)
        if told is not None and abs(event.at - told) < WARN_AGAIN:
            return []
        self._warned = {key: at for key, at in self._warned.items() if abs(event.at - at) < WARN_AGAIN}
        self._warned[about] = event.at
        return [f"warning {event.kind.lower()}/{event.name} {event.reason}: {message}"]

    def _deployment(self, deployment: DeploymentChanged) -> list[str]:
        state = (deployment.ready, deployment.replicas, deployment.updated, deployment.image, deployment.held_up)
        wanted = (deployment.replicas, deployment.image)
        before, self._wanted[deployment.uid] = self._wanted.get(deployment.uid), wanted
        if deployment.observed_generation < deployment.generation:
            # What its status counts are still the pods of what was wanted before.
            if before == wanted:
                return []
            pods = "1 pod" if deployment.replicas == 1 else f"{deployment.replicas} pods"
            return [f"deployment {deployment.name} is to have {pods}, image {deployment.image}"]
        if self._deployments.get(deployment.uid) == state:
            return []
        self._deployments[deployment.uid] = state
        hold = f", {deployment.hold}" if deployment.hold else ""
        return [
            f"deployment {deployment.name} {deployment.ready}/{deployment.replicas} ready, {deployment.updated} up to"
            f" date, image {deployment.image}{hold}"
        ]

    def _pod(self, pod: PodChanged) -> list[str]:
        if pod.gone:
            return [f"pod {pod.name} is gone"] if self._pods.pop(pod.uid, None) else []
        state = (pod.status, pod.ready_containers, pod.restarts, pod.terminating)
        before = self._pods.get(pod.uid)
        if before == state:
            return []
        self._pods[pod.uid] = state
        restarts = f" restarts {pod.restarts}" if pod.restarts else ""
        new = " (new)" if before is None else ""
        return [f"pod {pod.name}{new} {pod.ready_containers}/{pod.containers} {pod.status}{restarts}  {pod.image}"]

    def _began(self, recording: RecordingBegan) -> str:
        ended, self._ended_at, self._answers = self._ended_at, None, None
        unwatched = f"no tutor was watching from {clock_time(ended)} on; now again " if ended is not None else ""
        return (
            f"{unwatched}watching namespace {recording.namespace} of context {recording.context} ({recording.server})"
        )

    def _answer(self, answer: Answered) -> list[str]:
        what = answer.version or f"error ({answer.error})"
        run, late = self._answers, answer.at < self._called_at
        self._called_at = max(self._called_at, answer.at)
        if run is None:
            self._answers = _Run(what, answer.at, answer.at)
            self._via = answer.via
            return [f"user answers {what}, {_way(answer.via)}"]
        if run.what == what and answer.at > run.before_until:
            run.take(answer.at)
            return []
        if late and answer.at < run.first:
            return [] if what == run.before else [_one_call(answer, what)]
        if late:
            run.others += 1
            return [_one_call(answer, what)]
        self._answers = _Run(what, answer.at, answer.at, before=run.what, before_until=run.last)
        times = "once" if run.count == 1 else f"{run.count} times"
        others = f", and {run.others} with another outcome" if run.others else ""
        asked = f" (asked for at {clock_time(answer.at)})" if answer.latency >= SLOW else ""
        way = "" if answer.via == self._via else f", {_way(answer.via)}"
        self._via = answer.via
        return [f"user answers {what}{asked}{way}, after {run.what} {times} in {answer.at - run.first:.1f} s{others}"]


def _one_line(text: str, instead: str = " ") -> str:
    """What a cluster or a learner wrote: its ends of lines and what a terminal would obey do not reach a reader."""
    rows = filter(None, (row.strip() for row in text.splitlines()))
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in instead.join(rows))


def _one_call(answer: Answered, what: str) -> str:
    """Of a call whose outcome is known only after those of later ones."""
    return f"the call of {clock_time(answer.at)} got {what} after {answer.latency:.1f} s"


def _way(via: str) -> str:
    return "through the gateway" if via == "nodeport" else "through the API server's service proxy"


def _tenths(at: float) -> float:
    """The time in tenths of a second, as far as `clock_time` shows it."""
    return floor(at * 10) if isfinite(at) else at


def clock_time(at: float) -> str:
    """Local time of day with tenths of a second: "14:02:11.3"."""
    moment = datetime.fromtimestamp(at)
    return f"{moment:%H:%M:%S}.{moment.microsecond // 100_000}"
