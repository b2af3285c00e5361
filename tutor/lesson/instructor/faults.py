"""Faults for a demonstration, each undone by `heal`: what a class sees when something breaks.

A fault notes on the object what it changed (an annotation), so that healing undoes that and nothing else, from any
machine, also after the learner's files were applied over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.cluster.api import Cluster, KubeObject
from tutor.lesson.actions import CONTAINER, DEPLOYMENT, REPOSITORY, SERVICE

NOTE = "fault.homics-tutor/"
"""Prefix of the annotation; the fault's name follows, and its value is what was there before."""
WRONG_TAG = "9.9.9"
NO_POD = "homics-tutor-fault"
"""A label that no pod has."""
DELAY = "START_DELAY"
SLOW = "30s"
DATABASE = "homics-db-deployment"
NOTHING = "-"
"""Note of a fault where there was nothing before."""

Patch = KubeObject | None
"""A strategic-merge patch; None where there is nothing to change."""


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    title: str
    """What happens, a few words."""
    watch: str
    """What the class should look at, one or two sentences."""
    kind: str = ""
    object: str = ""
    """The object that is changed; empty for the crash, which changes none."""
    command: str = ""
    """kubectl's way to the same."""
    inject: Callable[[Mapping[str, Any]], Patch] = lambda _: None
    heal: Callable[[Mapping[str, Any]], Patch] = lambda _: None

    @property
    def note(self) -> str:
        return NOTE + self.name


def _noted(name: str, value: str | None, spec: Mapping[str, Any]) -> KubeObject:
    return {"metadata": {"annotations": {NOTE + name: value}}, "spec": dict(spec)}


def note_of(obj: Mapping[str, Any], fault: str) -> str | None:
    """What a fault wrote down on an object; None where it was not injected there."""
    value = (obj["metadata"].get("annotations") or {}).get(NOTE + fault)
    return None if value is None else str(value)


def _container(deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    containers = ((deployment.get("spec") or {}).get("template") or {}).get("spec", {}).get("containers") or []
    return next((entry for entry in containers if entry.get("name") == CONTAINER), {})


def _template(container: Mapping[str, Any]) -> KubeObject:
    return {"template": {"spec": {"containers": [{"name": CONTAINER, **container}]}}}


# A wrong image.


def _wrong_image(deployment: Mapping[str, Any]) -> Patch:
    if not (container := _container(deployment)):
        return None
    return _noted("wrong-image", str(container["image"]), _template({"image": f"{REPOSITORY}:{WRONG_TAG}"}))


def _right_image(deployment: Mapping[str, Any]) -> Patch:
    before, container = note_of(deployment, "wrong-image"), _container(deployment)
    still = container.get("image") == f"{REPOSITORY}:{WRONG_TAG}"
    return _noted("wrong-image", None, _template({"image": before}) if still else {})


# A broken selector.


def _broken_selector(_service: Mapping[str, Any]) -> Patch:
    return _noted("broken-selector", NOTHING, {"selector": {NO_POD: "broken"}})


def _mended_selector(service: Mapping[str, Any]) -> Patch:
    still = NO_POD in ((service.get("spec") or {}).get("selector") or {})
    return _noted("broken-selector", None, {"selector": {NO_POD: None}} if still else {})


# A slow start.


def _delay(deployment: Mapping[str, Any]) -> str | None:
    variables = _container(deployment).get("env") or []
    return next((str(entry.get("value", "")) for entry in variables if entry.get("name") == DELAY), None)


def _slow_start(deployment: Mapping[str, Any]) -> Patch:
    if not _container(deployment):
        return None
    before = _delay(deployment)
    variable = {"env": [{"name": DELAY, "value": SLOW}]}
    return _noted("slow-start", NOTHING if before is None else before, _template(variable))


def _usual_start(deployment: Mapping[str, Any]) -> Patch:
    before = note_of(deployment, "slow-start")
    if _delay(deployment) != SLOW:
        return _noted("slow-start", None, {})
    gone = {"name": DELAY, "$patch": "delete"}
    variable = gone if before in (None, NOTHING) else {"name": DELAY, "value": before}
    return _noted("slow-start", None, _template({"env": [variable]}))


# No database.


def _no_database(deployment: Mapping[str, Any]) -> Patch:
    replicas = (deployment.get("spec") or {}).get("replicas", 1)
    return _noted("database-gone", str(replicas), {"replicas": 0})


def _database_back(deployment: Mapping[str, Any]) -> Patch:
    before = note_of(deployment, "database-gone") or "1"
    still = (deployment.get("spec") or {}).get("replicas") == 0
    replicas = int(before) if before.isdigit() and int(before) > 0 else 1
    return _noted("database-gone", None, {"replicas": replicas} if still else {})


FAULTS: tuple[Fault, ...] = (
    Fault(
        "crash",
        "a crash of user",
        "READY goes to 0/1 and RESTARTS up by one. Kubernetes heals this one by itself.",
        command="GET /user/crash",
    ),
    Fault(
        "wrong-image",
        "an image of user that does not exist",
        "The new pod goes to ErrImagePull and ImagePullBackOff; the old one stays and answers: nothing is lost.",
        "Deployment",
        DEPLOYMENT,
        f"kubectl set image deployments/{DEPLOYMENT} {CONTAINER}={REPOSITORY}:{WRONG_TAG}",
        _wrong_image,
        _right_image,
    ),
    Fault(
        "broken-selector",
        "a selector of the Service user that no pod fits",
        "All pods are ready and nobody answers: kubectl describe service user shows no endpoints.",
        "Service",
        SERVICE,
        f'kubectl patch service {SERVICE} -p \'{{"spec":{{"selector":{{"{NO_POD}":"broken"}}}}}}\'',
        _broken_selector,
        _mended_selector,
    ),
    Fault(
        "slow-start",
        "a start of user that takes 30 s",
        "A rolling update begins. Without a readinessProbe the errors last 30 s; with one the old pod answers that"
        " long. It works with images that read START_DELAY, as the stand-ins do.",
        "Deployment",
        DEPLOYMENT,
        f"kubectl set env deployments/{DEPLOYMENT} --containers={CONTAINER} {DELAY}={SLOW}",
        _slow_start,
        _usual_start,
    ),
    Fault(
        "database-gone",
        "no database",
        "user goes on with what it has; crash it now, and it cannot start: CrashLoopBackOff, and its log says why.",
        "Deployment",
        DATABASE,
        f"kubectl scale deployment {DATABASE} --replicas=0",
        _no_database,
        _database_back,
    ),
)


def fault_named(name: str) -> Fault | None:
    return next((fault for fault in FAULTS if fault.name == name), None)


def injected(objects: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Names of the faults that are noted on these objects."""
    notes = {key for obj in objects for key in (obj["metadata"].get("annotations") or {})}
    return tuple(fault.name for fault in FAULTS if fault.note in notes)


async def inject(cluster: Cluster, fault: Fault) -> tuple[bool, str]:
    """(whether it is there now, what happened) of a fault that changes an object. Raises: `ClusterError`."""
    live = await cluster.get(fault.kind, fault.object)
    if live is None:
        return False, f"There is no {fault.kind} {fault.object} to break: set a stage first, or apply it."
    if note_of(live, fault.name) is not None:
        return True, f"{fault.title} is there already: nothing changes."
    patch = fault.inject(live)
    if patch is None:
        return False, f'{fault.object} has no container named "{CONTAINER}".'
    await cluster.patch(fault.kind, fault.object, patch)
    return True, f"{fault.kind} {fault.object}: {fault.title}. {fault.watch}"


async def heal(cluster: Cluster) -> list[str]:
    """Undo every fault that is noted on an object; what was healed, a sentence each. Raises: `ClusterError`."""
    healed = []
    for fault in FAULTS:
        live = await cluster.get(fault.kind, fault.object) if fault.object else None
        if live is None or note_of(live, fault.name) is None:
            continue
        await cluster.patch(fault.kind, fault.object, fault.heal(live) or {})
        healed.append(f"{fault.kind} {fault.object}: {fault.name} was taken back.")
    return healed
