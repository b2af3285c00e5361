"""Deployments, ReplicaSets and pods as they stood at a moment: the rows of the live view, in an order that stays.

NAME, READY, STATUS, RESTARTS and AGE are those of `kubectl get pods`, taken from the timeline, so that now, an hour ago
and a replay are drawn by the same code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from tutor.core.pictures.back_off import back_off, next_start
from tutor.core.pictures.histories import Histories, History
from tutor.core.timeline import DeploymentChanged, PodChanged, ReplicaSetChanged
from tutor.kube.podstatus import pod_row
from tutor.kube.times import human_duration

_StateT = TypeVar("_StateT", DeploymentChanged, ReplicaSetChanged, PodChanged)
STAYS = 6.0
"""Seconds that something stays on the screen, marked, after it went."""
NEW = 4.0
"""Seconds that something counts as new."""


class Condition(Enum):
    """How something stands; the value is the word that a learner reads."""

    READY = "ready"
    NEW = "new"
    """Just made, and already or not yet ready."""
    STARTING = "starting"
    NOT_READY = "not ready"
    """It runs, and its readiness is not given."""
    RESTARTING = "restarting"
    """Its container ended and will be started again."""
    STUCK = "cannot start"
    TERMINATING = "terminating"
    ENDED = "ended"
    """For good: its phase is Succeeded or Failed."""
    GONE = "gone"


CANNOT_START = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    }
)
ENDED = frozenset({"CrashLoopBackOff", "Completed", "Error", "OOMKilled"})


@dataclass(frozen=True, slots=True)
class Row:
    """One Deployment, ReplicaSet or pod. The texts that count seconds are made when the row is drawn."""

    depth: int
    """0 Deployment, 1 ReplicaSet, 2 pod."""
    state: DeploymentChanged | ReplicaSetChanged | PodChanged
    history: History[DeploymentChanged] | History[ReplicaSetChanged] | History[PodChanged]

    @property
    def key(self) -> str:
        return self.state.uid or self.state.name


@dataclass(frozen=True, slots=True)
class PodText:
    """kubectl's columns of a pod, and what the tutor says beside them."""

    name: str
    ready: str
    status: str
    restarts: str
    age: str
    image: str
    condition: Condition
    seconds: float | None
    """Until the container is started again, in the back-off; None where it is not waiting for that."""
    back_off: float
    """The whole of the present back-off; 0 where there is none."""


def rows_at(histories: Histories, at: float) -> list[Row]:
    """Deployments by name; below each its ReplicaSets, the oldest first, and their pods by their creation.

    Pods and ReplicaSets without a known owner come last. ReplicaSets that want and have no pod are left out: they are
    only kept for `kubectl rollout undo`.
    """
    began = histories.world_began(at)
    deployments = _there(histories.deployments, at, began)
    sets = _there(histories.replica_sets, at, began)
    pods = _there(histories.pods, at, began)
    by_set: dict[str, list[Row]] = {}
    for pod_state, pod_history in sorted(pods, key=lambda p: (p[1].first.created, p[0].name)):
        by_set.setdefault(pod_state.replica_set, []).append(Row(2, pod_state, pod_history))
    by_deployment: dict[str, list[tuple[Row, list[Row]]]] = {}
    for set_state, set_history in sorted(sets, key=lambda s: (_revision(s[1].last.revision), s[0].name)):
        own = by_set.pop(set_state.name, [])
        if own or set_state.desired or _lately(set_history, at):
            by_deployment.setdefault(set_state.deployment, []).append((Row(1, set_state, set_history), own))
    rows: list[Row] = []
    for state, history in sorted(deployments, key=lambda d: d[0].name):
        rows.append(Row(0, state, history))
        for row, own in by_deployment.pop(state.name, []):
            rows.extend((row, *own))
    for orphans in by_deployment.values():
        for row, own in orphans:
            rows.extend((row, *own))
    for rest in by_set.values():
        rows.extend(rest)
    return rows


def _there(histories: dict[str, History[_StateT]], at: float, began: float) -> list[tuple[_StateT, History[_StateT]]]:
    found = []
    for history in histories.values():
        last = history.last
        if last.gone and last.at < at - STAYS:
            continue
        state = history.at(at)
        if state is None or state.at < began or (state.gone and state.at < at - STAYS):
            continue
        found.append((state, history))
    return found


def _lately(history: History[ReplicaSetChanged], at: float) -> bool:
    """Whether it wanted pods a moment ago: its row stays until the last pod's row goes."""
    return any(state.desired for state in history.between(at - STAYS, at))


def _revision(text: str) -> int:
    return int(text) if text.isdigit() else 0


def pod_text(row: Row, at: float, raw: Mapping[str, Any] | None = None) -> PodText:
    """The columns at a moment. `raw`: the pod itself, where it is at hand, as kubectl would get it."""
    state = row.state
    assert isinstance(state, PodChanged)
    states = [s for s in row.history.between(float("-inf"), at) if isinstance(s, PodChanged)] or [state]
    again = next_start(states)
    condition = condition_of(state, states[0], at)
    seconds = max(0.0, again - at) if again is not None and condition is Condition.RESTARTING else None
    whole = back_off(states) if seconds is not None else 0.0
    if state.gone:
        ready, status, restarts = f"0/{state.containers}", "(gone)", str(state.restarts)
    elif raw is not None and (raw.get("metadata") or {}).get("uid") == state.uid:
        exact = pod_row(raw, at)
        ready, status, restarts = exact.ready, exact.status, exact.restarts_text
    else:
        ready, status = f"{state.ready_containers}/{state.containers}", state.status
        restarts = _restarts(state, states, at)
    age = human_duration(at - state.created)
    return PodText(state.name, ready, status, restarts, age, state.image, condition, seconds, whole)


def condition_of(state: PodChanged, first: PodChanged, at: float) -> Condition:
    """`first`: the pod's first state that was seen."""
    if state.gone:
        return Condition.GONE
    if state.terminating:
        return Condition.TERMINATING
    if state.status.removeprefix("Init:") in CANNOT_START:
        return Condition.STUCK
    if state.phase in ("Succeeded", "Failed"):
        return Condition.ENDED
    if state.status.removeprefix("Init:") in ENDED or (state.finished is not None and state.started is None):
        return Condition.RESTARTING
    if first.started is None and not state.restarts and at - first.at < NEW:
        return Condition.NEW
    if state.ready:
        return Condition.READY
    return Condition.NOT_READY if state.started is not None else Condition.STARTING


def _restarts(state: PodChanged, states: list[PodChanged], at: float) -> str:
    """ "2 (31s ago)": since the end before the present run, as kubectl counts it."""
    if not state.restarts:
        return "0"
    ended = state.finished
    if state.started is None and state.status not in ("CrashLoopBackOff",):
        # The run that has just ended is not what kubectl counts from, but the one before.
        ended = next((s.finished for s in reversed(states) if s.started is not None), None)
    return f"{state.restarts} ({human_duration(at - ended)} ago)" if ended is not None else str(state.restarts)


def without_lone_sets(rows: Sequence[Row]) -> list[Row]:
    """For little room: leaves out the ReplicaSet of a Deployment that has only this one."""
    sets = Counter(row.state.deployment for row in rows if isinstance(row.state, ReplicaSetChanged))
    return [row for row in rows if not isinstance(row.state, ReplicaSetChanged) or sets[row.state.deployment] > 1]


def block_of(rows: Sequence[Row], deployments: Sequence[str]) -> tuple[int, int] | None:
    """Indexes of the first and last row of these Deployments; None where none is there."""
    found = [
        index
        for index, row in enumerate(rows)
        if (row.state.name if isinstance(row.state, DeploymentChanged) else row.state.deployment) in deployments
    ]
    return (found[0], found[-1]) if found else None
