"""What changed about Deployments and the gateway, in a word or two each: the causes beside what the lanes show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from tutor.core.pictures.histories import Histories
from tutor.core.timeline import DeploymentChanged


@dataclass(frozen=True, slots=True)
class Change:
    at: float
    text: str


def changes(
    histories: Histories, start: float, end: float, deployments: Sequence[str], gateway: str = "gateway"
) -> tuple[Change, ...]:
    """In [start, end], by their times; of all Deployments where none is named.

    `gateway`: the Service through which the calls come. Its pods have no bars, so that it is gone must stand here.
    """
    found = list(_gateway(histories, start, end, gateway))
    for history in histories.deployments.values():
        if deployments and history.last.name not in deployments:
            continue
        for before, after in pairwise(history.between(start, end)):
            text = _words(before, after)
            if text and start <= after.at <= end:
                found.append(Change(after.at, text))
    return tuple(sorted(found, key=lambda change: change.at))


def _gateway(histories: Histories, start: float, end: float, service: str) -> Iterator[Change]:
    history = histories.endpoints.get(service)
    if history is None:
        return
    states = history.between(start, end)
    for index, (before, after) in enumerate(pairwise(states)):
        if bool(before.ready) == bool(after.ready) or after.at < start:
            continue
        if after.ready:
            yield Change(after.at, "gateway ready")
        else:
            # A pod that is being terminated stands there as not ready, until it is gone.
            until_ready = takewhile(lambda state: not state.ready, states[index + 1 :])
            gone = any(not state.not_ready for state in until_ready)
            yield Change(after.at, "gateway gone" if gone else "gateway not ready")


def _words(before: DeploymentChanged, after: DeploymentChanged) -> str:
    if after.gone:
        return "deleted"
    said = []
    if after.image != before.image:
        said.append(f"image {after.image.rpartition(':')[2]}")
    if after.readiness != before.readiness:
        said.append("readinessProbe" if after.readiness else "no readinessProbe")
    if after.replicas != before.replicas:
        said.append(f"replicas {after.replicas}")
    return ", ".join(said)
