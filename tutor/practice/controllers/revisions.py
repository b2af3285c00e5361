"""Which ReplicaSets a Deployment has, which one is its newest, and the annotations that make up its history.

Pure. Source: pkg/controller/deployment/util/deployment_util.go, v1.34.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.practice.controllers import fenceposts
from tutor.practice.controllers.template_hash import same_template

Object = dict[str, Any]

REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAX = "deployment.kubernetes.io/max-replicas"
_NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        REVISION_HISTORY,
        DESIRED,
        MAX,
        "deprecated.deployment.rollback.to",
    }
)
_LONGEST_HISTORY = 2000


@dataclass(frozen=True, slots=True)
class ReplicaSets:
    """Of one Deployment."""

    new: Object | None
    """The one with the Deployment's own template."""
    old: tuple[Object, ...]
    """All others, oldest first."""

    @property
    def all(self) -> tuple[Object, ...]:
        return self.old if self.new is None else (*self.old, self.new)


def split(deployment: Object, owned: Iterable[Object]) -> ReplicaSets:
    """The oldest ReplicaSet with the same template counts as the new one."""
    ordered = sorted(owned, key=by_creation)
    template = deployment["spec"]["template"]
    new = next((rs for rs in ordered if same_template(rs["spec"]["template"], template)), None)
    return ReplicaSets(new, tuple(rs for rs in ordered if rs is not new))


def by_creation(obj: Object) -> tuple[str, str]:
    metadata = obj["metadata"]
    return str(metadata["creationTimestamp"]), str(metadata["name"])


def replicas(obj: Object) -> int:
    """spec.replicas."""
    return int(obj["spec"].get("replicas", 1))


def count(obj: Object, name: str) -> int:
    """A number of the status, e.g. availableReplicas."""
    return int((obj.get("status") or {}).get(name, 0))


def active(replica_sets: Iterable[Object]) -> list[Object]:
    """Those that want pods."""
    return [rs for rs in replica_sets if replicas(rs) > 0]


def total(replica_sets: Iterable[Object]) -> int:
    return sum(replicas(rs) for rs in replica_sets)


def revision(obj: Object) -> int:
    text = str((obj["metadata"].get("annotations") or {}).get(REVISION, "0"))
    return int(text) if text.isdigit() else 0


def next_revision(old: Sequence[Object]) -> int:
    return max((revision(rs) for rs in old), default=0) + 1


def number(obj: Object, name: str) -> int | None:
    """An annotation that is a number."""
    text = str((obj["metadata"].get("annotations") or {}).get(name, ""))
    return int(text) if text.isdigit() else None


def size_annotations(deployment: Object) -> dict[str, str]:
    wanted = replicas(deployment)
    return {DESIRED: str(wanted), MAX: str(wanted + fenceposts.max_surge(deployment))}


def annotations_of_new(
    deployment: Object, replica_set: Object, revision_number: int, *, exists: bool
) -> dict[str, str]:
    """What the newest ReplicaSet's annotations have to be: the Deployment's own, and its place in the history."""
    result = dict(replica_set["metadata"].get("annotations") or {})
    for key, value in (deployment["metadata"].get("annotations") or {}).items():
        if key not in _NOT_COPIED:
            result[key] = value
    old = result.get(REVISION)
    if revision(replica_set) < revision_number:
        result[REVISION] = str(revision_number)
        if old is not None:
            history = [*filter(None, result.get(REVISION_HISTORY, "").split(",")), old]
            while len(",".join(history)) > _LONGEST_HISTORY:
                history.pop(0)
            result[REVISION_HISTORY] = ",".join(history)
    if not exists:
        result |= size_annotations(deployment)
    return result


def to_clean_up(deployment: Object, old: Sequence[Object]) -> list[Object]:
    """Old ReplicaSets beyond revisionHistoryLimit that have no pods, the oldest revision first."""
    limit = deployment["spec"].get("revisionHistoryLimit")
    cleanable = [rs for rs in old if not rs["metadata"].get("deletionTimestamp")]
    if limit is None or len(cleanable) <= int(limit):
        return []
    ordered = sorted(cleanable, key=lambda rs: (revision(rs), *by_creation(rs)))
    return [
        rs
        for rs in ordered[: len(cleanable) - int(limit)]
        if not replicas(rs)
        and not count(rs, "replicas")
        and int(rs["metadata"].get("generation", 1)) <= count(rs, "observedGeneration")
    ]
