"""Differences from a reference that do not matter, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MISSING = "It is missing."
OTHER = "The reference has something else here."


@dataclass(frozen=True, slots=True)
class _Tolerance:
    pattern: re.Pattern[str]
    why: str
    holds: Callable[[Any, Any], bool]
    """(reference's value, learner's value), None where there is none."""


def _any(_wanted: Any, _given: Any) -> bool:
    return True


def _added(wanted: Any, _given: Any) -> bool:
    return wanted is None


def _both(wanted: Any, given: Any) -> bool:
    return wanted is not None and given is not None


def _at_least(wanted: Any, given: Any) -> bool:
    return isinstance(given, int) and given >= (wanted if isinstance(wanted, int) else 1)


def _from_elsewhere(_wanted: Any, given: Any) -> bool:
    """A variable that takes its value from a ConfigMap or Secret: `core.normalise` puts that in the value's place."""
    return isinstance(given, Mapping)


def _tolerance(pattern: str, why: str, holds: Callable[[Any, Any], bool] = _any) -> _Tolerance:
    return _Tolerance(re.compile(pattern), why, holds)


_TIMES = (
    "(initialDelaySeconds|periodSeconds|timeoutSeconds|failureThreshold|successThreshold|terminationGracePeriodSeconds)"
)
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
        _added,
    ),
    _tolerance(
        r".*\.containers\[[^]]*\]\.resources\b.*", "Other amounts do, as long as the application has enough.", _both
    ),
    _tolerance(
        r".*\.containers\[[^]]*\]\.imagePullPolicy",
        "It decides when the registry is asked, not what runs.",
        _added,
    ),
    _tolerance(
        r".*\.ports\[[^]]*\]\.nodePort", "Without a nodePort the cluster picks a free one between 30000 and 32767."
    ),
    _tolerance(
        rf".*\.(readiness|liveness|startup)Probe\.{_TIMES}",
        "The times of a probe trade speed against load; any that the application keeps up with will do.",
    ),
    _tolerance(
        r"spec\.template\.spec\.containers\[[^]]*\]\.startupProbe",
        "It only makes the other probes wait until the program has started.",
        _added,
    ),
    _tolerance(
        r"spec\.(revisionHistoryLimit|progressDeadlineSeconds|minReadySeconds)\b.*", "The step does not depend on it."
    ),
    _tolerance(r"spec\.replicas", "More replicas do what fewer do.", _at_least),
    _tolerance(
        r".*\.env\[[^]]*\]\.value",
        "A variable may take its value from a ConfigMap or a Secret.",
        _from_elsewhere,
    ),
    _tolerance(
        r".*\.(env|volumes|volumeMounts)\[[^]]*\]", "An addition that the application does not need or mind.", _added
    ),
    _tolerance(r".*\.(volumes|volumeMounts)", "An addition that the application does not need or mind.", _added),
    _tolerance(
        r"spec\.(minReplicas|maxReplicas)|.*\.averageUtilization", "Other bounds and another target do as well.", _both
    ),
)


def judged(path: str, wanted: Any, given: Any) -> tuple[bool, str]:
    """(whether it matters, why) of one difference."""
    for tolerance in TOLERANCES:
        if tolerance.pattern.fullmatch(path) and tolerance.holds(wanted, given):
            return False, tolerance.why
    if wanted is None:
        return True, "The reference does not have it: ask yourself what it is for."
    return True, OTHER if given is not None else MISSING
