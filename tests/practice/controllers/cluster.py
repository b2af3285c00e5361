"""A cluster without a node: the real store, admission and controllers; pods become ready when a test says so."""

from __future__ import annotations

import copy
from typing import Any

from tests.fakes import FakeClock
from tutor.kube.times import format_unix
from tutor.practice.admission.admit import Admission
from tutor.practice.controllers import first_objects
from tutor.practice.controllers.deployment import DeploymentController
from tutor.practice.controllers.endpoints import EndpointsController, EndpointSliceController
from tutor.practice.controllers.garbage_collector import GarbageCollector
from tutor.practice.controllers.loop import ControllerLoop
from tutor.practice.controllers.namespace import NamespaceController, NamespaceFurnisher
from tutor.practice.controllers.recorder import EventRecorder, EventSweeper
from tutor.practice.controllers.replicaset import ReplicaSetController
from tutor.practice.controllers.scheduler import Scheduler
from tutor.practice.kubelet.images import Images
from tutor.practice.kubelet.node_object import node_object
from tutor.practice.store.store import Store

Object = dict[str, Any]


class Cluster:
    """`settle` lets the controllers do all that they can without waiting."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = Store(self.clock)
        admission = Admission(self.store)
        self.store.admit = admission.admit
        self.recorder = EventRecorder(self.store, self.clock, "minikube")
        store, clock, recorder = self.store, self.clock, self.recorder
        self.loop = ControllerLoop(
            store,
            clock,
            [
                DeploymentController(store, clock, recorder),
                ReplicaSetController(store, clock, recorder),
                Scheduler(store, clock, recorder),
                EndpointsController(store),
                EndpointSliceController(store),
                GarbageCollector(store),
                NamespaceController(store, clock),
                NamespaceFurnisher(store, "CERTIFICATE"),
                EventSweeper(store, clock),
            ],
        )
        node = node_object("minikube", "127.0.0.1", clock.now(), Images())
        node["status"]["allocatable"] = {"cpu": "2", "memory": "4Gi", "pods": "110"}
        first_objects.install(self.store, node, "127.0.0.1", 8443)
        self.settle()

    def settle(self) -> None:
        self.loop.settle()

    async def wait(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        self.settle()

    def get(self, kind: str, name: str, namespace: str = "default") -> Object:
        found = self.store.get(kind, namespace, name)
        assert found is not None, f"{kind} {name} is not there"
        return found

    def create(self, *objects: Object) -> None:
        for obj in objects:
            self.store.create(copy.deepcopy(obj))
        self.settle()

    def change(self, kind: str, name: str, **spec: Any) -> None:
        """Set fields of the spec."""
        obj = self.get(kind, name)
        self.store.update({**obj, "spec": {**obj["spec"], **copy.deepcopy(spec)}})
        self.settle()

    def set_image(self, deployment: str, image: str) -> None:
        template = copy.deepcopy(self.get("Deployment", deployment)["spec"]["template"])
        template["spec"]["containers"][0]["image"] = image
        self.change("Deployment", deployment, template=template)

    def delete(self, kind: str, name: str, **options: Any) -> None:
        namespace = "" if kind in ("Namespace", "Node") else "default"
        self.store.delete(kind, namespace, name, **options)
        self.settle()

    # The node's part

    def pods(self, *, gone: bool = False) -> list[Object]:
        """In the order of their creation; without those being deleted unless `gone`."""
        found = self.store.list("Pod", "default")
        return sorted(
            (pod for pod in found if gone or not pod["metadata"].get("deletionTimestamp")),
            key=lambda pod: int(pod["metadata"]["resourceVersion"]),
        )

    def set_ready(self, pod: Object, ready: bool = True, *, address: str = "") -> None:
        stored = self.get("Pod", pod["metadata"]["name"])
        number = sum(ord(c) for c in pod["metadata"]["uid"]) % 200 + 2
        status = {
            **stored["status"],
            "phase": "Running",
            "podIP": address or stored["status"].get("podIP") or f"10.244.0.{number}",
            "conditions": [
                {
                    "type": "Ready",
                    "status": str(ready),
                    "lastTransitionTime": format_unix(self.clock.now()),
                }
            ],
        }
        self.store.update({**stored, "status": status}, subresource="status")
        self.settle()

    def all_ready(self) -> None:
        for pod in self.pods():
            if not _is_ready(pod):
                self.set_ready(pod)

    def remove_ended(self) -> None:
        """The containers of all pods that are being deleted have stopped."""
        for pod in self.pods(gone=True):
            if pod["metadata"].get("deletionTimestamp"):
                self.store.finalize("Pod", "default", pod["metadata"]["name"])
        self.settle()

    # What a test looks at

    def sizes(self) -> dict[str, tuple[int, int, int]]:
        """image → (spec.replicas, status.replicas, available) of each ReplicaSet."""
        result = {}
        for rs in self.store.list("ReplicaSet", "default"):
            image = rs["spec"]["template"]["spec"]["containers"][0]["image"]
            status = rs.get("status", {})
            result[image] = (rs["spec"]["replicas"], status.get("replicas", 0), status.get("availableReplicas", 0))
        return result

    def condition(self, kind: str, name: str, condition: str) -> Object | None:
        conditions = self.get(kind, name).get("status", {}).get("conditions") or []
        return next((c for c in conditions if c["type"] == condition), None)

    def events(self, *reasons: str) -> list[str]:
        """Messages, in the order of their writing."""
        found = [e for e in self.store.list("Event") if not reasons or e["reason"] in reasons]
        return [e["message"] for e in sorted(found, key=lambda e: int(e["metadata"]["resourceVersion"]))]


def _is_ready(pod: Object) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions") or [])


def deployment(name: str = "web", *, replicas: int = 1, image: str = "v1", **spec: Any) -> Object:
    """With the defaults that the API server sets."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "containers": [{"name": name, "image": image, "ports": [{"containerPort": 80, "name": "http"}]}],
                    "restartPolicy": "Always",
                },
            },
            **spec,
        },
    }


def service(name: str = "web", **spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "selector": {"app": name},
            "type": "ClusterIP",
            "ports": [{"port": 8080, "targetPort": 80, "protocol": "TCP"}],
            **spec,
        },
    }
