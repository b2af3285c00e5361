"""Two objects side by side, as objects: what differs after normalising, and whether it matters.

Lists of named things (containers, ports, env) are compared by their keys, not by their order. What the API server would
fill in is filled in on both sides first, so a default that is written out is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KubeObject = Mapping[str, Any]

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


@dataclass(frozen=True, slots=True)
class _Tolerance:
    pattern: re.Pattern[str]
    why: str


def _tolerance(pattern: str, why: str) -> _Tolerance:
    return _Tolerance(re.compile(pattern), why)


TOLERANCES = (
    _tolerance(r"metadata\.labels\b.*", "Labels of the object itself are yours to choose."),
    _tolerance(
        r"spec\.(selector|template\.metadata\.labels)\b.*",
        "Any labels do, as long as selector and template agree and no other application's pods match.",
    ),
    _tolerance(
        r"(spec\.template\.)?metadata\.annotations\b.*", "Annotations are notes; Kubernetes does not act on these."
    ),
    _tolerance(r".*\.ports\[[^]]*\]\.name", "A port's name is a second way to refer to its number."),
    _tolerance(
        r".*\.containers\[[^]]*\]\.resources\b.*",
        "Requests and limits are a good habit; the step does not ask for them.",
    ),
    _tolerance(
        r".*\.containers\[[^]]*\]\.imagePullPolicy",
        "With a fixed tag the image is pulled only where it is missing anyway.",
    ),
    _tolerance(
        r".*\.ports\[[^]]*\]\.nodePort", "Without a nodePort the cluster picks a free one between 30000 and 32767."
    ),
    _tolerance(
        r".*\.(readinessProbe|livenessProbe|startupProbe)\.(initialDelaySeconds|periodSeconds|timeoutSeconds|failureThreshold|successThreshold)",
        "The times of a probe trade speed against load; any that the application keeps up with will do.",
    ),
    _tolerance(
        r"spec\.(revisionHistoryLimit|progressDeadlineSeconds|minReadySeconds)", "The step does not depend on it."
    ),
)


def differences(
    reference: KubeObject, learner: KubeObject, defaults: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[Difference]:
    """What differs between two objects of one kind and name, in the order of the paths.

    `defaults` fills in what the API server would.
    """
    wanted, given = dict(_leaves(defaults(dict(reference)))), dict(_leaves(defaults(dict(learner))))
    found = []
    for path in sorted(wanted.keys() | given.keys()):
        if wanted.get(path) == given.get(path):
            continue
        matters, why = _judged(path, wanted.get(path), given.get(path))
        found.append(Difference(path, _text(wanted.get(path)), _text(given.get(path)), matters, why))
    return found


def _judged(path: str, wanted: Any, given: Any) -> tuple[bool, str]:
    for tolerance in TOLERANCES:
        if tolerance.pattern.fullmatch(path):
            return False, tolerance.why
    if wanted is None and re.fullmatch(r".*\.(env|volumes|volumeMounts)\[[^]]*\].*", path):
        return False, "An addition that the application does not need and does not mind."
    if path == "spec.replicas" and isinstance(wanted, int) and isinstance(given, int) and given >= wanted:
        return False, "More replicas do what fewer do."
    if wanted is None:
        return True, "The reference does not have it: ask yourself what it is for."
    return True, "The reference has something else here." if given is not None else "It is missing."


def _leaves(value: Any, path: str = "", name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        if not value and path:
            yield path, {}
        for key, child in value.items():
            if not path and key == "status":
                continue
            yield from _leaves(child, f"{path}.{key}" if path else str(key), str(key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{path}[{_key(name, child, index)}]")
    elif value is not None:
        yield path, value


def _key(name: str, entry: Any, index: int) -> object:
    if isinstance(entry, Mapping):
        for key in KEYS.get(name, ()):
            if key in entry:
                return entry[key]
    return index


def _text(value: Any) -> str:
    return "" if value is None else str(value)
