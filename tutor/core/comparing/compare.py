"""Two objects side by side, as objects: what differs after normalising, and whether it matters.

Lists of named things (containers, ports, env) are compared by their keys, not by their order. A default that is written
out is no difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.core.comparing.normalise import same_value
from tutor.core.comparing.tolerances import judged

KubeObject = Mapping[str, Any]
Place = tuple[str | int, ...]
"""Keys and indexes from the top of an object, as `core.manifest` uses them."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "metrics": ("type",),
}
"""Name of a list → the field that tells its entries apart. Source: the merge keys of the API schema."""
LONGEST = 160
"""Characters of a value that is shown whole."""


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    """As the API server writes it, with list entries by key: `spec.template.spec.containers[user].image`."""
    reference: str
    """What the reference has there; empty where it has nothing."""
    learner: str
    matters: bool
    why: str
    """One sentence: why it matters, or why not."""
    reference_at: Place = ()
    """Where it stands in the reference, or the nearest thing around it."""
    learner_at: Place = ()


def differences(reference: KubeObject, learner: KubeObject) -> list[Difference]:
    """What differs between two normalised objects (`core.normalise`), in the reference's order.

    What one side lacks whole is one difference, not one for each field of it.
    """
    found = []
    for path, wanted, given, reference_at, learner_at in _pairs(reference, learner, "", (), ()):
        matters, why = judged(path, wanted, given)
        found.append(Difference(path, text_of(wanted), text_of(given), matters, why, reference_at, learner_at))
    return found


_Pair = tuple[str, Any, Any, Place, Place]


def _pairs(wanted: Any, given: Any, path: str, reference_at: Place, learner_at: Place) -> Iterator[_Pair]:
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        for key in dict.fromkeys((*wanted, *given)):
            inner = f"{path}.{key}" if path else str(key)
            here, there = (*reference_at, str(key)), (*learner_at, str(key))
            yield from _pairs(wanted.get(key), given.get(key), inner, here, there)
    elif isinstance(wanted, list) and isinstance(given, list):
        for label, index, other in _entries(wanted, given, path.rpartition(".")[2]):
            one = wanted[index] if index is not None else None
            two = given[other] if other is not None else None
            here = reference_at if index is None else (*reference_at, index)
            there = learner_at if other is None else (*learner_at, other)
            yield from _pairs(one, two, f"{path}[{label}]", here, there)
    elif not (wanted is None and given is None) and not same_value(path, wanted, given):
        yield path, wanted, given, reference_at, learner_at


def _entries(wanted: list[Any], given: list[Any], name: str) -> Iterator[tuple[object, int | None, int | None]]:
    """(label, index in the reference, index in the learner's) of entries that belong together."""
    ours = {_key(name, entry, index): index for index, entry in enumerate(wanted)}
    theirs = {_key(name, entry, index): index for index, entry in enumerate(given)}
    alone = [key for key in ours if key not in theirs]
    others = [key for key in theirs if key not in ours]
    if len(wanted) == len(given) == 1 and alone and others:
        # One container, one port: it is the same one under another name.
        yield alone[0], 0, 0
        return
    for key, index in ours.items():
        yield key, index, theirs.get(key)
    for key in others:
        yield key, None, theirs[key]


def _key(name: str, entry: Any, index: int) -> object:
    if isinstance(entry, Mapping):
        for key in KEYS.get(name, ()):
            if key in entry:
                return entry[key]
    return index


def text_of(value: Any) -> str:
    """A value on one line; a map or list as JSON, cut where it is long."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
