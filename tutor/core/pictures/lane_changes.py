"""What somebody changed about Deployments, in a word or two each: the causes beside what the lanes show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.core.pictures.histories import Histories
from tutor.core.timeline import DeploymentChanged


@dataclass(frozen=True, slots=True)
class Change:
    at: float
    text: str


def changes(histories: Histories, start: float, end: float, deployments: Sequence[str]) -> tuple[Change, ...]:
    """In [start, end], by their times; of all Deployments where none is named."""
    found = []
    for history in histories.deployments.values():
        if deployments and history.last.name not in deployments:
            continue
        for before, after in pairwise(history.between(start, end)):
            text = _words(before, after)
            if text and start <= after.at <= end:
                found.append(Change(after.at, text))
    return tuple(sorted(found, key=lambda change: change.at))


def _words(before: DeploymentChanged, after: DeploymentChanged) -> str:
    said = []
    if after.image != before.image:
        said.append(f"image {after.image.rpartition(':')[2]}")
    if after.readiness != before.readiness:
        said.append("readinessProbe" if after.readiness else "no readinessProbe")
    if after.replicas != before.replicas:
        said.append(f"replicas {after.replicas}")
    return ", ".join(said)
