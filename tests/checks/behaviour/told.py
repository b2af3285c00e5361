"""Small timelines of updates and crashes, and a rule's word on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.registry import rules
from tutor.core.finding import Finding
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered, DeploymentChanged, Entry, PodChanged, RecordingBegan, Timeline

USER = "user-deployment"
OLD, NEW = "homics/user-activity:2.0.0", "homics/user-activity:1.0.0"
BEGAN, START, READY, END = 10.0, 20.0, 26.0, 27.0
"""The step began; the image changed; the new pod was ready; the old one was told to go."""
FILE = "kube/user/deployment.yaml"
PROBE = {"httpGet": {"path": "/user/internal/version", "port": 9001}}


def pod(at: float, name: str, ready: bool, *, restarts: int = 0, **more: Any) -> PodChanged:
    status = "Running" if ready or not restarts else "Completed"
    own = f"{USER}-{name}"
    entry = PodChanged(at, f"uid-{name}", own, USER, own, "Running", status, ready, int(ready), 1, restarts, NEW, 1.0)
    return replace(entry, **{"started": 1.0 if ready else None} | more)


def deployment(
    at: float, image: str, generation: int, *, updated: int, total: int, probe: bool = True, **more: Any
) -> DeploymentChanged:
    revision = str(generation)
    entry = DeploymentChanged(at, "d", USER, generation, generation, 1, updated, 1, 1, image, revision, probe)
    return replace(entry, total=total, **more)


def answers(start: float, end: float, version: str = "2.0.0") -> list[Entry]:
    count = int((end - start) / 0.5)
    return [Answered(start + number * 0.5, version) for number in range(count)]


def update(*, probe: bool = True) -> list[Entry]:
    """From 2.0.0 to 1.0.0, as recorded of a real one: the new pod comes up, then the old one goes."""
    return [
        RecordingBegan(1.0, "minikube", "https://x", "default", "u"),
        deployment(2.0, OLD, 1, updated=1, total=1, probe=probe),
        pod(2.0, "old", True),
        *answers(5.0, READY),
        deployment(START, NEW, 2, updated=1, total=2, probe=probe),
        pod(START + 0.5, "new", False),
        pod(READY, "new", True),
        *answers(READY, 40.0, "1.0.0"),
        pod(END, "old", False, terminating=True),
        pod(END + 2, "old", False, terminating=True, gone=True),
        deployment(END, NEW, 2, updated=1, total=1, probe=probe),
    ]


def rolled(
    at: float, image: str, generation: int, *, probe: bool = True, old: str, new: str, end: float | None = 7.0
) -> list[Entry]:
    """One more rollout at that time; `end`: seconds until the old pod is told to go, None: never."""
    said: list[Entry] = [
        deployment(at, image, generation, updated=1, total=2, probe=probe),
        pod(at + 0.5, new, False, image=image),
    ]
    if end is None:
        return said
    return [
        *said,
        pod(at + end - 1, new, True, image=image),
        pod(at + end, old, False, terminating=True),
        pod(at + end + 2, old, False, terminating=True, gone=True),
        deployment(at + end, image, generation, updated=1, total=1, probe=probe),
    ]


def beginning(image: str = OLD, *, probe: bool = False) -> list[Entry]:
    return [
        RecordingBegan(1.0, "minikube", "https://x", "default", "u"),
        deployment(2.0, image, 1, updated=1, total=1, probe=probe),
        pod(2.0, "one", True, image=image),
    ]


def live(*, probe: bool = True, **spec: Any) -> ClusterSnapshot:
    container = {"name": "user", "image": NEW} | ({"readinessProbe": PROBE} if probe else {})
    obj = {
        "kind": "Deployment",
        "metadata": {"name": USER},
        "spec": {"template": {"spec": {"containers": [container]}}, **spec},
    }
    kinds = frozenset({"Deployment", "Pod"})
    return ClusterSnapshot("default", 40.0, {("Deployment", USER): obj}, kinds)


def judged(rule: str, told: list[Entry], *, since: float = BEGAN, now: float = 40.0, **more: Any) -> Finding:
    params = {"deployment": USER}
    given = CheckInput({}, live(), Timeline(told), since, now, params)
    return rules()[rule].check(replace(given, **more))[0]


def smooth(told: list[Entry], **more: Any) -> Finding:
    return judged("no-error-during-rollout", told, **more)


def without(told: list[Entry], start: float, end: float) -> list[Entry]:
    return [entry for entry in told if not (isinstance(entry, Answered) and start <= entry.at < end)]


def failing(told: list[Entry], start: float, end: float) -> list[Entry]:
    """The calls of [start, end) fail."""
    return [
        replace(entry, version="", error="refused")
        if isinstance(entry, Answered) and start <= entry.at < end
        else entry
        for entry in told
    ]


def crash(*others: PodChanged, again: float | None = 34.0) -> list[Entry]:
    """Pod a ends at 30, is started again and ready at `again`."""
    back = [pod(again, "a", True, restarts=1)] if again is not None else []
    return [
        RecordingBegan(1.0, "minikube", "https://x", "default", "u"),
        deployment(2.0, NEW, 1, updated=1, total=1),
        pod(2.0, "a", True),
        *others,
        pod(30.0, "a", False, exit_code=0),
        pod(31.0, "a", False, restarts=1, exit_code=0),
        *back,
        *answers(5.0, 40.0, "1.0.0"),
    ]
