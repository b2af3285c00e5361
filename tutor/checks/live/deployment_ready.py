"""The Deployment's pods run its newest template and are ready; if not, the cause is named."""

from __future__ import annotations

from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.live.pod_causes import DOCS, Cause, pod_cause
from tutor.checks.live.workload import containers, pods
from tutor.checks.manifest.pod_template import CONTAINERS, POD, find_container
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.snapshot import KubeObject
from tutor.kube.conditions import condition
from tutor.kube.podstatus import pod_row
from tutor.kube.times import unix

SAY = Say("deployment-ready", DOCS)
_DESCRIBE = "kubectl describe replicaset shows what the API server says to it."
STEADY = 8.0
"""Seconds that a container without a readinessProbe must have run after a failed run before its Ready is believed."""


@rule("deployment-ready", Level.LIVE, {"deployment": str}, {"replicas": int, "restarts": int})
def deployment_ready(given: CheckInput) -> list[Finding]:
    """All pods of the Deployment are ready and run its newest template."""
    name = str(given.params["deployment"])
    if missing := SAY.without_cluster(given, "Deployment", "ReplicaSet", "Pod"):
        return missing
    assert given.snapshot is not None
    deployment = given.snapshot.get("Deployment", name)
    if deployment is None:
        return SAY.failed(f"There is no Deployment {name} in the cluster.", found="not there", hint="Apply its file.")
    desired = int((deployment.get("spec") or {}).get("replicas", 1))
    least = int(given.params.get("replicas", 1))
    if desired < least:
        return SAY.failed(
            f"{name} is to have {desired} replica{'' if desired == 1 else 's'}, and the step needs {least}.",
            found=str(desired),
            expected=f"at least {least}",
            hint="Set spec.replicas in the file and apply it.",
            **place(find_document(given, "Deployment", name), ("spec", "replicas")),
        )
    if (deployment.get("spec") or {}).get("paused"):
        return SAY.failed(f"{name} is paused.", hint=f"kubectl rollout resume deployment/{name}")
    if not _rolled_out(deployment, desired):
        return _why_not(given, deployment, desired)
    newest = pods(given.snapshot, deployment, newest=True)
    if (unsteady := _unsteady(given, newest)) is not None:
        return unsteady
    rows = [pod_row(pod, given.now) for pod in newest]
    restarts = sum(row.restarts for row in rows)
    if "restarts" in given.params and restarts > int(given.params["restarts"]):
        return SAY.failed(
            f"The pods of {name} are ready, but were restarted {restarts} times.",
            found=str(restarts),
            expected=str(given.params["restarts"]),
            hint="kubectl logs --previous tells why.",
        )
    listed = ", ".join(f"{row.name} {row.ready} {row.status}, {_restarts(row.restarts)}" for row in rows)
    return SAY.passed(f"{name} is {desired}/{desired} ready: {listed}.", found=f"{desired}/{desired}")


def _rolled_out(deployment: KubeObject, desired: int) -> bool:
    status = deployment.get("status") or {}
    seen = int(status.get("observedGeneration") or 0) >= int(deployment["metadata"].get("generation") or 0)
    counts = [int(status.get(f) or 0) for f in ("updatedReplicas", "readyReplicas", "availableReplicas", "replicas")]
    return seen and all(count == desired for count in counts)


def _why_not(given: CheckInput, deployment: KubeObject, desired: int) -> list[Finding]:
    assert given.snapshot is not None
    name = deployment["metadata"]["name"]
    newest = pods(given.snapshot, deployment, newest=True)
    ready = sum(pod_row(pod, given.now).is_ready for pod in newest)
    shown: dict[str, Any] = {
        "found": f"{ready}/{desired} of the newest template ready",
        "expected": f"{desired}/{desired} ready",
    }
    failure = condition(deployment, "ReplicaFailure")
    if failure is not None and failure.get("status") == "True":
        said = str(failure.get("message", ""))
        hint = "Use a namespace without that quota, or ask whoever set it." if "quota" in said else _DESCRIBE
        return SAY.failed(f"{name} cannot create its pods: {said}", hint=hint, **shown)
    waiting = [pod for pod in newest if not pod_row(pod, given.now).is_ready]
    causes = sorted((pod_cause(given, pod) for pod in waiting), key=lambda cause: not cause.grave)
    if not causes:
        return SAY.failed(
            f"{name} is {ready}/{desired} ready: its pods are being created or replaced.",
            hint=f"Wait, or follow it with kubectl rollout status deployment/{name}",
            **shown,
        )
    cause = causes[0]
    old = len(pods(given.snapshot, deployment)) - len(newest)
    before = "1 pod of before still answers" if old == 1 else f"{old} pods of before still answer"
    stuck = f" The rollout waits for it; {before}." if old and cause.grave else ""
    where = _where(given, deployment, cause)
    return SAY.failed(cause.message + stuck, hint=cause.hint, **shown, **where)


def _where(given: CheckInput, deployment: KubeObject, cause: Cause) -> dict[str, Any]:
    """What is to be mended, in the learner's files."""
    if cause.service:
        service = find_document(given, "Service", cause.service)
        return place(service, ("spec", "selector"), key=True) if service is not None else {}
    document = find_document(given, "Deployment", deployment["metadata"]["name"])
    if document is None or not cause.field:
        return {}
    if not cause.container:
        return place(document, (*POD, *cause.field), key=True)
    index, _ = find_container(document, cause.container)
    return {} if index is None else place(document, (*CONTAINERS, index, *cause.field), key=cause.field != ("image",))


def _unsteady(given: CheckInput, newest: list[KubeObject]) -> list[Finding] | None:
    """Without a readinessProbe a container that just failed counts as ready the moment it starts again."""
    for pod in newest:
        probed = {c.get("name") for c in containers(pod) if c.get("readinessProbe")}
        for entry in (pod.get("status") or {}).get("containerStatuses") or []:
            last = (entry.get("lastState") or {}).get("terminated") or {}
            started = ((entry.get("state") or {}).get("running") or {}).get("startedAt")
            if entry.get("name") in probed or not last.get("exitCode") or not started:
                continue
            ran = given.now - unix(started)
            if ran < STEADY:
                return SAY.failed(
                    f"Pod {pod['metadata']['name']} runs again for {max(0.0, ran):.0f} s, after it ended with exit"
                    f" code {last['exitCode']}: it has to stay up.",
                    hint="Wait some seconds. If it ends again: kubectl logs --previous with the pod's name.",
                )
    return None


def _restarts(count: int) -> str:
    return "1 restart" if count == 1 else f"{count} restarts"
