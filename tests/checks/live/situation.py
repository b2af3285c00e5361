"""A recorded situation as the input of a check."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.registry import rules
from tutor.core.finding import Finding
from tutor.core.manifest import parse_manifest
from tutor.core.observation import Observations, Reached
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Timeline

RECORDED = Path(__file__).parent / "recorded"
KINDS = frozenset(
    {"Deployment", "ReplicaSet", "Pod", "Service", "EndpointSlice", "Event", "HorizontalPodAutoscaler", "Node"}
)
_POD = re.compile(r"(?<=-)[a-z0-9]{8,10}-[a-z0-9]{5}\b")


@cache
def situation(name: str) -> CheckInput:
    """What was recorded, at its moment; the step began a minute before."""
    found = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    objects = {(obj["kind"], obj["metadata"]["name"]): obj for obj in found["objects"]}
    at = float(found["taken_at"])
    return CheckInput(
        {file: parse_manifest(file, text.encode()) for file, text in found["files"].items()},
        ClusterSnapshot(found["namespace"], at, objects, KINDS),
        Timeline(),
        at - 60,
        at,
        observed=Observations(logs=found["logs"]),
    )


def judged(situation_name: str, rule: str, /, *, reached: Reached | None = None, **params: Any) -> list[Finding]:
    given = situation(situation_name)
    if reached is not None:
        given = replace(given, observed=replace(given.observed, reached={reached.what: reached}))
    return rules()[rule].check(replace(given, params=params))


def shown(text: str) -> str:
    """Without what is new in each recording: the ends of pods' names, ages, addresses."""
    text = _POD.sub("…", text)
    return re.sub(r"\b\d+(\.\d+)? ?s\b", "… s", re.sub(r"\b10\.\d+\.\d+\.\d+\b", "IP", text))
