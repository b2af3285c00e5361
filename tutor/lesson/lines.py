"""The timeline as lines of text: one line an event, for a plain terminal, a pipe or a screen reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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


@dataclass(slots=True)
class _Run:
    """Answers of one kind in a row."""

    what: str
    first: float
    count: int = 1


class Lines:
    """Turns entries into lines. Answers that say the same are one line when they begin and one when they end."""

    def __init__(self) -> None:
        self._answers: _Run | None = None
        self._pods: dict[str, tuple[object, ...]] = {}
        self._deployments: dict[str, tuple[object, ...]] = {}
        self._endpoints: dict[str, tuple[str, ...]] = {}

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
        return [f"{clock_time(now)}  {line.replace(' (new)', '')}" for line in lines]

    def of(self, entry: Entry) -> list[str]:
        """The lines of one entry; none where it says nothing new to a reader."""
        return [f"{clock_time(entry.at)}  {line}" for line in self._said(entry)]

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
                return [f"deployment {entry.name} is gone"]
            case DeploymentChanged():
                return self._deployment(entry)
            case EventSeen(type="Warning"):
                return [f"warning {entry.kind.lower()}/{entry.name} {entry.reason}: {entry.message}"]
            case EventSeen() | ReplicaSetChanged() | RecordingEnded():
                return []
            case RecordingBegan():
                return [f"watching namespace {entry.namespace} of context {entry.context} ({entry.server})"]
            case LinkChanged():
                return ["the API server answers again" if entry.up else f"the API server is away: {entry.reason}"]
            case FileSaved():
                return [f"saved {entry.file}"]
            case CommandRun():
                return [f"$ {entry.command}"]
            case StepMoved():
                return [f"step {entry.slug} {entry.to}"]

    def _deployment(self, deployment: DeploymentChanged) -> list[str]:
        state = (deployment.ready, deployment.replicas, deployment.updated, deployment.image)
        if self._deployments.get(deployment.uid) == state:
            return []
        self._deployments[deployment.uid] = state
        return [
            f"deployment {deployment.name} {deployment.ready}/{deployment.replicas} ready, {deployment.updated} up to"
            f" date, image {deployment.image}"
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

    def _answer(self, answer: Answered) -> list[str]:
        what = answer.version or f"error ({answer.error})"
        run = self._answers
        if run is not None and run.what == what:
            run.count += 1
            return []
        self._answers = _Run(what, answer.at)
        if run is None:
            return [f"user answers {what}, {_way(answer.via)}"]
        times = "once" if run.count == 1 else f"{run.count} times"
        return [f"user answers {what}, after {run.what} {times} in {answer.at - run.first:.1f} s"]


def _way(via: str) -> str:
    return "through the gateway" if via == "nodeport" else "through the API server's service proxy"


def clock_time(at: float) -> str:
    """Local time of day with tenths of a second: "14:02:11.3"."""
    moment = datetime.fromtimestamp(at)
    return f"{moment:%H:%M:%S}.{moment.microsecond // 100_000}"
