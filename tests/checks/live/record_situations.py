"""Record what the API server shows when something goes wrong, for the rules about live objects.

    python -m tests.checks.live.record_situations [NAME...]

Each situation gets a namespace of its own on the cluster of KUBECONFIG, is waited for, written to recorded/NAME.json
and removed. Run it by hand; the tests read what was recorded.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tutor.content.loader import load_course

RECORDED = Path(__file__).parent / "recorded"
KINDS = "deployments,replicasets,pods,services,endpointslices,events,horizontalpodautoscalers"
STARTS_SOON = "          env:\n            - name: START_DELAY\n              value: 500ms\n          ports:"
Objects = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Situation:
    name: str
    files: Mapping[str, str]
    """File of the workspace → its text, applied in this order."""
    until: Callable[[Objects], bool]
    """Whether the symptom is there."""
    then: tuple[str, ...] = ()
    """kubectl commands after the files."""
    settle: float = 3.0
    """Seconds after the symptom, in which events arrive."""
    edited: Mapping[str, str] | None = None
    """What the files say when the learner checks, where that is not what was applied."""


def reference(step: str, file: str, *edits: tuple[str, str]) -> str:
    text = load_course().reference(step)[file].read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) >= 1, (file, old)
        text = text.replace(old, new, 1)
    return text


GATEWAY, GATEWAY_SERVICE = "kube/gateway/deployment.yaml", "kube/gateway/service.yaml"
USER, USER_SERVICE = "kube/user/deployment.yaml", "kube/user/service.yaml"
DATABASE, DATABASE_SERVICE = "kube/database/deployment.yaml", "kube/database/service.yaml"
AUTOSCALER = "kube/user/autoscaler.yaml"
ANY_NODE_PORT = ("      nodePort: 31317\n", "")


def gateway(*edits: tuple[str, str]) -> dict[str, str]:
    return {GATEWAY: reference("gateway-deployment", GATEWAY, *edits)}


def gateway_service(*edits: tuple[str, str]) -> dict[str, str]:
    return {GATEWAY_SERVICE: reference("gateway-service", GATEWAY_SERVICE, ANY_NODE_PORT, *edits)}


def user(step: str, *edits: tuple[str, str]) -> dict[str, str]:
    return {USER: reference(step, USER, ("          ports:", STARTS_SOON), *edits)}


def database(*service_edits: tuple[str, str]) -> dict[str, str]:
    edits = (("      nodePort: 30003\n", ""), *service_edits)
    return {
        DATABASE: reference("user-database", DATABASE),
        DATABASE_SERVICE: reference("user-database", DATABASE_SERVICE, *edits),
    }


def waiting(*reasons: str) -> Callable[[Objects], bool]:
    return lambda objects: any(reason in reasons for reason in _reasons(objects))


def _reasons(objects: Objects) -> list[str]:
    found = []
    for pod in (obj for obj in objects if obj["kind"] == "Pod"):
        for status in pod["status"].get("containerStatuses") or []:
            state = status["state"]
            found.append((state.get("waiting") or state.get("terminated") or {}).get("reason", ""))
    return found


def ready(deployment: str, count: int = 1) -> Callable[[Objects], bool]:
    def look(objects: Objects) -> bool:
        return any(
            obj["kind"] == "Deployment"
            and obj["metadata"]["name"] == deployment
            and obj["status"].get("readyReplicas") == obj["status"].get("replicas") == count
            for obj in objects
        )

    return look


def event(words: str) -> Callable[[Objects], bool]:
    return lambda objects: any(obj["kind"] == "Event" and words in obj.get("message", "") for obj in objects)


def condition(kind: str, type_: str, status: str) -> Callable[[Objects], bool]:
    return lambda objects: any(
        obj["kind"] == kind
        and any(c["type"] == type_ and c["status"] == status for c in obj["status"].get("conditions") or [])
        for obj in objects
    )


def both(*looks: Callable[[Objects], bool]) -> Callable[[Objects], bool]:
    return lambda objects: all(look(objects) for look in looks)


PULLING = waiting("ImagePullBackOff")
LIVENESS = (
    "          livenessProbe:\n            httpGet: {path: /nothing, port: 9001}\n"
    "            initialDelaySeconds: 2\n            periodSeconds: 1\n            failureThreshold: 1\n"
)
HTTPS = ("              port: 9001", "              port: 9001\n              scheme: HTTPS")
QUOTA = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none}\nspec: {hard: {pods: '0'}}\n"
PROBE = "/user/internal/version"
SITUATIONS = (
    Situation("all-well", {**gateway(), **gateway_service()}, ready("gateway-deployment")),
    Situation("image-name", gateway(("homics/gateway:1.0.0", "homics/gatway:1.0.0")), PULLING),
    Situation("image-tag", gateway(("homics/gateway:1.0.0", "homics/gateway:9.9.9")), PULLING),
    Situation("image-of-nobody", gateway(("homics/gateway:1.0.0", "example/thing:3")), PULLING),
    Situation("image-upper-case", gateway(("homics/gateway", "homics/Gateway")), waiting("InvalidImageName")),
    Situation(
        "image-never-pulled",
        gateway(("image: homics/gateway:1.0.0", "image: homics/gateway:9.9.9\n          imagePullPolicy: Never")),
        waiting("ErrImageNeverPull"),
    ),
    Situation("database-missing", user("user-database"), waiting("CrashLoopBackOff")),
    Situation(
        "database-service-missing",
        {DATABASE: database()[DATABASE], **user("user-database")},
        both(waiting("CrashLoopBackOff"), ready("homics-db-deployment")),
    ),
    Situation(
        "database-selector",
        {**database(("    role: db", "    role: database")), **user("user-database")},
        both(waiting("CrashLoopBackOff"), ready("homics-db-deployment")),
    ),
    Situation(
        "command-unknown",
        gateway(("          ports:", "          command: [no-such-program]\n          ports:")),
        waiting("CrashLoopBackOff", "RunContainerError"),
        settle=15,
    ),
    Situation(
        "memory-too-small",
        {
            **database(),
            **user("user-database", ("          env:", "          resources: {limits: {memory: 3Mi}}\n          env:")),
        },
        waiting("CrashLoopBackOff", "OOMKilled", "StartError", "RunContainerError", "CreateContainerError"),
        settle=10,
    ),
    Situation(
        "config-map-missing",
        gateway(("          ports:", "          envFrom: [{configMapRef: {name: settings}}]\n          ports:")),
        waiting("CreateContainerConfigError"),
    ),
    Situation(
        "no-node-with-so-much-cpu",
        gateway(("          ports:", "          resources: {requests: {cpu: 500}}\n          ports:")),
        condition("Pod", "PodScheduled", "False"),
    ),
    Situation(
        "no-node-with-that-label",
        gateway(("      containers:", "      nodeSelector: {disk: fast}\n      containers:")),
        condition("Pod", "PodScheduled", "False"),
    ),
    Situation(
        "service-label-by-a-letter",
        {**gateway(), **gateway_service(("app: gateway", "app: gatway"))},
        ready("gateway-deployment"),
    ),
    Situation(
        "service-named-port",
        {**gateway(), **gateway_service(("targetPort: 8080", "targetPort: http"))},
        ready("gateway-deployment"),
    ),
    Situation(
        "service-target-port",
        {**gateway(), **gateway_service(("targetPort: 8080", "targetPort: 80"))},
        ready("gateway-deployment"),
    ),
    Situation(
        "service-cluster-ip",
        {**gateway(), **gateway_service(("  type: NodePort\n", ""))},
        ready("gateway-deployment"),
    ),
    Situation(
        "service-of-two",
        {
            **gateway(),
            "kube/gateway/old.yaml": reference(
                "gateway-deployment", GATEWAY, ("name: gateway-deployment", "name: gateway-try")
            ),
            **gateway_service(),
        },
        both(ready("gateway-deployment"), ready("gateway-try")),
    ),
    Situation(
        "edited-not-applied",
        {**database(), **user("user-database")},
        ready("user-deployment"),
        edited=user("replicas", ("homics/user-activity:1.0.0", "homics/user-activity:2.0.0")),
    ),
    Situation("never-applied", {**database(), USER_SERVICE: reference("user-database", USER_SERVICE)}, lambda _: True,
              edited=user("user-database")),
    Situation(
        "set-image-after-apply",
        {**database(), **user("user-database")},
        both(ready("user-deployment"), lambda objects: "2.0.0" in json.dumps(objects)),
        then=("set image deployment/user-deployment user=homics/user-activity:2.0.0",),
        settle=12,
    ),
    Situation(
        "rollout-stuck",
        {**database(), **user("user-database")},
        PULLING,
        then=(
            "rollout status deployment/user-deployment --timeout=90s",
            "set image deployment/user-deployment user=homics/user-activity:3.0.0",
        ),
    ),
    Situation(
        "rollout-paused",
        gateway(),
        lambda objects: any(obj["spec"].get("paused") for obj in objects if obj["kind"] == "Deployment"),
        then=("rollout pause deployment/gateway-deployment", "set image deployment/gateway-deployment gateway=a:1"),
    ),
    Situation(
        "probe-wrong-path",
        {**database(), **user("readiness", (PROBE, "/user/internal/versions"))},
        event("statuscode: 404"),
    ),
    Situation(
        "probe-wrong-port",
        {**database(), **user("readiness", ("              port: 9001", "              port: 8080"))},
        event("connection refused"),
    ),
    Situation(
        "probe-https",
        {**database(), **user("readiness", HTTPS)},
        event("HTTP response to HTTPS client"),
    ),
    Situation(
        "probe-too-early",
        {
            **database(),
            **user(
                "readiness",
                ("value: 500ms", "value: 60s"),
                ("initialDelaySeconds: 3\n            periodSeconds: 3", "periodSeconds: 1"),
            ),
        },
        event("connection refused"),
        settle=1,
    ),
    Situation(
        "no-room-for-pods",
        {"quota.yaml": QUOTA, **gateway()},
        condition("Deployment", "ReplicaFailure", "True"),
    ),
    Situation("scaled-to-zero", gateway(), lambda objects: "Scaled down" in json.dumps(objects),
              then=("scale deployment/gateway-deployment --replicas=0",)),
    Situation(
        "another-name",
        gateway(("name: gateway-deployment", "name: gateway-deploymnt")),
        ready("gateway-deploymnt"),
        edited=gateway(),
    ),
    Situation(
        "liveness-wrong-path",
        {**database(), **user("user-database", ("          ports:", LIVENESS + "          ports:"))},
        both(event("failed liveness probe"), waiting("CrashLoopBackOff")),
    ),
    Situation(
        "autoscaler-without-metrics",
        {**database(), **user("autoscaling"), AUTOSCALER: reference("autoscaling", AUTOSCALER)},
        condition("HorizontalPodAutoscaler", "ScalingActive", "False"),
    ),
    Situation(
        "autoscaler-of-nothing",
        {AUTOSCALER: reference("autoscaling", AUTOSCALER)},
        condition("HorizontalPodAutoscaler", "AbleToScale", "False"),
    ),
    Situation(
        "autoscaler-switched-off",
        {**user("autoscaling", ("replicas: 2", "replicas: 0")), AUTOSCALER: reference("autoscaling", AUTOSCALER)},
        condition("HorizontalPodAutoscaler", "ScalingActive", "False"),
    ),
)  # fmt: skip


def kubectl(*arguments: str, text: str | None = None, check: bool = True) -> str:
    done = subprocess.run(["kubectl", *arguments], input=text, capture_output=True, text=True, timeout=120)
    if check and done.returncode:
        raise RuntimeError(f"kubectl {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def record(situation: Situation) -> str:
    namespace = f"situation-{uuid4().hex[:8]}"
    kubectl("create", "namespace", namespace)
    try:
        for text in situation.files.values():
            kubectl("-n", namespace, "apply", "-f", "-", text=text)
        for command in situation.then:
            kubectl("-n", namespace, *command.split())
        end = time.monotonic() + 150
        while not situation.until(_objects(namespace)):
            if time.monotonic() > end:
                return f"{situation.name}: not seen: {sorted(set(_reasons(_objects(namespace))))}"
            time.sleep(0.5)
        time.sleep(situation.settle)
        taken_at = time.time()
        objects = _objects(namespace)
        logs = {obj["metadata"]["name"]: _log(namespace, obj) for obj in objects if obj["kind"] == "Pod"}
        found = {
            "about": "recorded from Kubernetes "
            + json.loads(kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"],
            "namespace": "default",
            "taken_at": round(taken_at, 3),
            "files": {**situation.files, **(situation.edited or {})},
            "logs": {name: text for name, text in logs.items() if text},
            "objects": json.loads(json.dumps(objects).replace(namespace, "default")),
        }
        RECORDED.mkdir(exist_ok=True)
        text = json.dumps(found, indent=1, ensure_ascii=False)
        (RECORDED / f"{situation.name}.json").write_text(text + "\n", encoding="utf-8")
        return f"{situation.name}: {', '.join(sorted(set(_reasons(objects)))) or 'recorded'}"
    finally:
        kubectl("delete", "namespace", namespace, "--wait=false", check=False)


def _objects(namespace: str) -> Objects:
    found: Objects = json.loads(kubectl("-n", namespace, "get", KINDS, "-o", "json"))["items"]
    for obj in found:
        obj["metadata"].pop("managedFields", None)
    return [obj for obj in found if not (obj["kind"] == "Service" and obj["metadata"]["name"] == "kubernetes")]


def _log(namespace: str, pod: dict[str, Any]) -> str:
    """As the lesson reads it: of a container that ended, the last lines."""
    for status in pod["status"].get("containerStatuses") or []:
        state = status["state"]
        ended = "terminated" in state or (state.get("waiting") or {}).get("reason") in ("CrashLoopBackOff", "Error")
        if ended:
            return kubectl("-n", namespace, "logs", pod["metadata"]["name"], "--tail=30", check=False)
    return ""


def main(names: list[str]) -> None:
    chosen = [situation for situation in SITUATIONS if not names or situation.name in names]
    with ThreadPoolExecutor(6) as pool:
        for line in pool.map(record, chosen):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
