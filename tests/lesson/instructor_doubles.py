"""A cluster in memory for the instructor's use cases: objects by kind and name, with `kubectl apply` and patches."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tutor.cluster.api import KubeObject, Target
from tutor.cluster.crash import Crashed
from tutor.cluster.errors import Invalid, NotFoundError, Unreachable
from tutor.kube.client_side_apply import last_applied, three_way, with_annotation

MERGED_BY_NAME = ("containers", "env")


class MemoryCluster:
    """What `Stage`, `Instructor` and the faults ask of `Cluster`. Deployments are settled at once, unless `slow`."""

    def __init__(self, context: str = "minikube", *, kind: str = "minikube", namespace: str = "class") -> None:
        self.target = Target(context, kind, "https://192.168.49.2:8443", namespace, "/nowhere/kubeconfig")
        self.objects: dict[tuple[str, str], KubeObject] = {}
        self.log: list[str] = []
        """What was written: "apply Deployment x", "patch …", "delete …"."""
        self.writes_left: int | None = None
        """After so many more writes the cluster is away; None: never."""
        self.slow = False
        self.taken_ports: set[int] = set()
        """NodePorts that another namespace has."""
        self._version = 100

    def live(self, kind: str, name: str) -> KubeObject:
        return self.objects[kind, name]

    async def get(self, kind: str, name: str) -> KubeObject | None:
        self._reach()
        found = self.objects.get((kind, name))
        return deepcopy(found) if found is not None else None

    async def apply(self, manifest: KubeObject, *, dry_run: bool = False) -> KubeObject:
        key = (manifest["kind"], manifest["metadata"]["name"])
        if dry_run:
            self._reach()
            self._refuse_taken_ports(manifest)
            return deepcopy(manifest)
        self._write(f"apply {key[0]} {key[1]}")
        wanted = with_annotation(manifest, self.target.namespace)
        self._refuse_taken_ports(wanted)
        current = self.objects.get(key)
        if current is None:
            return self._store(key, wanted)
        return self._store(key, merged(current, three_way(last_applied(current), wanted, current)))

    async def patch(self, kind: str, name: str, patch: KubeObject) -> KubeObject:
        self._write(f"patch {kind} {name}")
        if (kind, name) not in self.objects:
            raise NotFoundError(f"{kind} {name} not found")
        current = self.objects[kind, name]
        after = merged(current, patch)
        self._refuse_taken_ports(after)
        if kind == "Deployment" and after["spec"].get("selector") != current["spec"].get("selector"):
            raise Invalid(
                f'Deployment.apps "{name}" is invalid: spec.selector: Invalid value: …: field is immutable',
                [("spec.selector", "field is immutable")],
            )
        return self._store((kind, name), after)

    async def delete(self, kind: str, name: str) -> bool:
        if (kind, name) not in self.objects:
            self._reach()
            return False
        self._write(f"delete {kind} {name}")
        del self.objects[kind, name]
        return True

    def _refuse_taken_ports(self, obj: KubeObject) -> None:
        for port in (obj.get("spec") or {}).get("ports") or [] if obj["kind"] == "Service" else []:
            if port.get("nodePort") in self.taken_ports:
                raise Invalid(
                    f"spec.ports[0].nodePort: Invalid value: {port['nodePort']}: provided port is already allocated",
                    [("spec.ports[0].nodePort", "provided port is already allocated")],
                )

    def _reach(self) -> None:
        if self.writes_left is not None and self.writes_left <= 0:
            raise Unreachable("The API server at https://192.168.49.2:8443 does not answer.")

    def _write(self, what: str) -> None:
        self._reach()
        if self.writes_left is not None:
            self.writes_left -= 1
        self.log.append(what)

    def _store(self, key: tuple[str, str], obj: KubeObject) -> KubeObject:
        before = self.objects.get(key)
        for name in ("labels", "annotations"):
            if not obj["metadata"].get(name, True):
                del obj["metadata"][name]
        bare = {k: v for k, v in obj.items() if k != "status"}
        if before is not None and {k: v for k, v in before.items() if k != "status"} == bare:
            return deepcopy(before)
        self._version += 1
        obj = deepcopy(obj)
        obj["metadata"]["resourceVersion"] = str(self._version)
        if key[0] == "Deployment":
            generation = obj["metadata"].get("generation", 0) + 1
            obj["metadata"]["generation"] = generation
            replicas = 0 if self.slow else obj["spec"].get("replicas", 1)
            counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), replicas)
            obj["status"] = {"observedGeneration": generation, **counts}
        if key[0] == "Service":
            obj["spec"].setdefault("clusterIP", "10.96.0.7")
        self.objects[key] = obj
        return deepcopy(obj)


def merged(current: Any, patch: Any) -> Any:
    """A strategic-merge patch, as far as these tests need it."""
    if not isinstance(patch, Mapping):
        return deepcopy(patch)
    if patch.get("$patch") == "replace":
        return {key: deepcopy(value) for key, value in patch.items() if key != "$patch" and value is not None}
    result = deepcopy(dict(current)) if isinstance(current, Mapping) else {}
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        if value is None:
            result.pop(key, None)
        elif key in MERGED_BY_NAME and isinstance(value, list):
            result[key] = _merged_list(result.get(key) or [], value)
            if not result[key]:
                del result[key]  # as Go's omitempty
        else:
            result[key] = merged(result.get(key), value)
    return result


def _merged_list(current: list[Any], patch: list[Any]) -> list[Any]:
    entries = {entry["name"]: entry for entry in deepcopy(current)}
    for entry in patch:
        if entry.get("$patch") == "delete":
            entries.pop(entry["name"], None)
        else:
            entries[entry["name"]] = merged(entries.get(entry["name"]), entry)
    return list(entries.values())


class LiveDouble:
    """What `Instructor` asks of the followed cluster."""

    def __init__(self, cluster: MemoryCluster) -> None:
        self.cluster = cluster
        self.lost = ""
        self.crashes = 0

    async def crash(self) -> Crashed:
        self.crashes += 1
        if ("Service", "user") not in self.cluster.objects:
            return Crashed(False, "", "", "There is no pod of the Service user to crash.")
        return Crashed(True, "user-1", "nodeport", "user-1 was crashed through the gateway.")
