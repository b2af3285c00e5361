"""How many pods each ReplicaSet of a Deployment may have next. Pure.

Source: pkg/controller/deployment/rolling.go, recreate.go and sync.go, v1.34.
A size is (ReplicaSet, number of replicas); only those that change are listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tutor.practice.controllers import fenceposts
from tutor.practice.controllers.revisions import DESIRED, MAX, ReplicaSets, active, by_creation, count, number, total
from tutor.practice.controllers.revisions import replicas as size_of

Object = dict[str, Any]
Sizes = list[tuple[Object, int]]


def is_rolling(deployment: Object) -> bool:
    return str((deployment["spec"].get("strategy") or {}).get("type", "RollingUpdate")) == "RollingUpdate"


def new_size(deployment: Object, sets: Iterable[Object], size: int) -> int:
    """Of the new ReplicaSet, which has `size` now: as many more as maxSurge leaves room for."""
    wanted = size_of(deployment)
    if not is_rolling(deployment):
        return wanted
    room = wanted + fenceposts.max_surge(deployment) - total(sets)
    return size if room <= 0 else size + min(room, wanted - size)


def grow_new(deployment: Object, sets: ReplicaSets) -> Sizes:
    """The new ReplicaSet's next size; nothing where it has its size."""
    if sets.new is None or size_of(sets.new) == size_of(deployment):
        return []
    if size_of(sets.new) > size_of(deployment):
        return [(sets.new, size_of(deployment))]
    size = new_size(deployment, sets.all, size_of(sets.new))
    return [(sets.new, size)] if size != size_of(sets.new) else []


def shrink_old(deployment: Object, sets: ReplicaSets) -> Sizes:
    """Take old pods away as far as maxUnavailable allows: first those that do not run anyway, of the oldest first."""
    old = active(sets.old)
    if sets.new is None or not old:
        return []
    wanted = size_of(deployment)
    minimum = wanted - fenceposts.max_unavailable(deployment)
    new_unavailable = size_of(sets.new) - _available(sets.new)
    most = total([*old, sets.new]) - minimum - new_unavailable
    if most <= 0:
        return []
    sizes = {rs["metadata"]["uid"]: size_of(rs) for rs in old}
    ordered = sorted(old, key=by_creation)
    left = most
    for rs in ordered:
        unhealthy = min(left, sizes[rs["metadata"]["uid"]] - _available(rs))
        if unhealthy > 0:
            sizes[rs["metadata"]["uid"]] -= unhealthy
            left -= unhealthy
    available = sum(_available(rs) for rs in [*old, sets.new])
    spare = available - minimum
    for rs in ordered:
        step = min(max(spare, 0), sizes[rs["metadata"]["uid"]])
        sizes[rs["metadata"]["uid"]] -= step
        spare -= step
    return [(rs, sizes[rs["metadata"]["uid"]]) for rs in ordered if sizes[rs["metadata"]["uid"]] != size_of(rs)]


def _available(rs: Object) -> int:
    """Never more than it wants: the count may be of a moment before it was scaled down."""
    return min(count(rs, "availableReplicas"), size_of(rs))


def empty(sets: Iterable[Object]) -> Sizes:
    """All of them to nothing: Recreate's first step."""
    return [(rs, 0) for rs in active(sets)]


def old_pods_remain(sets: ReplicaSets, pods: Iterable[tuple[str, Object]]) -> bool:
    """Recreate waits for this: `pods` are (uid of the ReplicaSet, pod), those being deleted included."""
    if any(count(rs, "replicas") for rs in sets.old):
        return True
    new = sets.new["metadata"]["uid"] if sets.new else ""
    return any(
        owner != new and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed") for owner, pod in pods
    )


# Scaling


def is_scaling(deployment: Object, sets: ReplicaSets) -> bool:
    """The Deployment's replicas were changed since its ReplicaSets were sized."""
    for rs in active(sets.all):
        desired = number(rs, DESIRED)
        if desired is not None and desired != size_of(deployment):
            return True
    return False


def scale(deployment: Object, sets: ReplicaSets) -> Sizes:
    """The sizes after a change of replicas; during a rollout each ReplicaSet gets its share.

    Here sizes that stay are listed as well: their annotations have to follow.
    """
    wanted = size_of(deployment)
    lone = _active_or_latest(sets)
    if lone is not None:
        return [(lone, wanted)]
    if sets.new is not None and _is_saturated(deployment, sets.new):
        return empty(sets.old)
    return _proportionally(deployment, active(sets.all)) if is_rolling(deployment) else []


def _active_or_latest(sets: ReplicaSets) -> Object | None:
    """The only one with pods; where none has, the newest. None where several have."""
    running = active(sets.all)
    if len(running) > 1 or not sets.all:
        return None
    if running:
        return running[0]
    return sets.new or max(sets.old, key=by_creation)


def _is_saturated(deployment: Object, new: Object) -> bool:
    wanted = size_of(deployment)
    return size_of(new) == wanted == number(new, DESIRED) and count(new, "availableReplicas") == wanted


def _proportionally(deployment: Object, sets: Sequence[Object]) -> Sizes:
    wanted = size_of(deployment)
    allowed = wanted + fenceposts.max_surge(deployment) if wanted else 0
    change = allowed - total(sets)
    newest_first = change > 0
    ordered = sorted(sets, key=by_creation, reverse=newest_first)
    ordered.sort(key=size_of, reverse=True)
    sizes: Sizes = []
    added = 0
    for rs in ordered:
        share = _share(deployment, rs, change, added)
        sizes.append((rs, size_of(rs) + share))
        added += share
    if sizes and change:
        # What rounding left over goes to the largest.
        sizes[0] = (sizes[0][0], max(0, sizes[0][1] + change - added))
    return sizes


def _share(deployment: Object, rs: Object, change: int, added: int) -> int:
    if not size_of(rs) or change in (0, added):
        return 0
    wanted = size_of(deployment)
    left = change - added
    if not wanted:
        fraction = -size_of(rs)
    else:
        before = number(rs, MAX) or count(deployment, "replicas")
        if not before:
            return 0
        exact = size_of(rs) * (wanted + fenceposts.max_surge(deployment)) / before
        fraction = int(exact + 0.5) - size_of(rs)
    return min(fraction, left) if change > 0 else max(fraction, left)
