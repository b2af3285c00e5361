"""Doubles of what the kubelet meets: a recorder that keeps events, a runtime without processes, scripted probes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.fakes import FakeClock
from tutor.kube.probes import Probe
from tutor.kube.times import Clock
from tutor.practice.kubelet.images import Images
from tutor.practice.kubelet.kubelet import Kubelet
from tutor.practice.kubelet.logs import LogFile
from tutor.practice.kubelet.probe_state import Outcome
from tutor.practice.kubelet.runtime import ContainerSpec
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.store.store import Store


class Events:
    """The recorder: keeps (type, reason, message)."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str]] = []

    def event(
        self,
        obj: Mapping[str, Any],
        event_type: str,
        reason: str,
        message: str,
        component: str,
        *,
        field_path: str = "",
    ) -> None:
        self.seen.append((event_type, reason, message))

    def reasons(self) -> list[str]:
        return [reason for _, reason, _ in self.seen]

    def messages(self, reason: str) -> list[str]:
        return [message for _, seen, message in self.seen if seen == reason]


class FakeProcess:
    """Runs until the test ends it; a test may make it deaf to SIGTERM."""

    def __init__(self, spec: ContainerSpec, log: LogFile, *, ignores_term: bool = False) -> None:
        self.spec = spec
        self.log = log
        self.pid = 1
        self.signals: list[str] = []
        self._ignores_term = ignores_term
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def exit(self, code: int) -> None:
        if not self._code.done():
            self._code.set_result(code)

    async def wait(self) -> int:
        return await asyncio.shield(self._code)

    def terminate(self) -> None:
        self.signals.append("TERM")
        if not self._ignores_term:
            self.exit(143)

    def kill(self) -> None:
        self.signals.append("KILL")
        self.exit(137)


class FakeRuntime:
    def __init__(self) -> None:
        self.processes: list[FakeProcess] = []
        self.ignores_term = False
        self.problem: OSError | None = None

    async def start(self, spec: ContainerSpec, log: LogFile) -> FakeProcess:
        if self.problem is not None:
            raise self.problem
        process = FakeProcess(spec, log, ignores_term=self.ignores_term)
        self.processes.append(process)
        return process

    @property
    def last(self) -> FakeProcess:
        return self.processes[-1]

    def of(self, container: str) -> FakeProcess:
        return [process for process in self.processes if process.spec.container == container][-1]


class ScriptedProber:
    """Answers by probe kind of handler: `answers["http"]` and so on; success where nothing is said."""

    def __init__(self) -> None:
        self.answers: dict[str, Outcome] = {}
        self.tries: list[str] = []

    async def probe(self, pod: Mapping[str, Any], container: Mapping[str, Any], probe: Probe, address: str) -> Outcome:
        self.tries.append(probe.kind)
        return self.answers.get(probe.kind, Outcome(True))


class Node:
    """A kubelet on a store of its own, with a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.store = Store(self.clock)
        self.events = Events()
        self.runtime = FakeRuntime()
        self.prober = ScriptedProber()
        self.folder = folder
        self.seen: list[tuple[str, str]] = []
        self.store.subscribe(self._note)
        self.kubelet = self._kubelet(self.clock)

    def _kubelet(self, clock: Clock) -> Kubelet:
        network = PodNetwork(self.store)
        return Kubelet(
            self.store,
            clock,
            self.events,
            self.folder,
            "minikube",
            network,
            Images(),
            runtime=self.runtime,
            prober=self.prober,
        )

    async def stop(self) -> None:
        """Deaf containers are killed after their grace, for which the clock has to move."""
        stopping = asyncio.create_task(self.kubelet.stop())
        await self.clock.advance(5)
        await stopping

    async def reboot(self) -> None:
        await self.stop()
        self.kubelet = self._kubelet(self.clock)
        await self.kubelet.start()
        await self.clock.advance(0)

    async def create(self, pod: dict[str, Any]) -> None:
        self.store.create(pod)
        await self.clock.advance(0)

    def pod(self, name: str = "web") -> dict[str, Any]:
        found = self.store.get("Pod", "default", name)
        assert found is not None
        return found

    def status(self, name: str = "web") -> dict[str, Any]:
        return dict(self.pod(name)["status"])

    def container(self, name: str = "web", index: int = 0) -> dict[str, Any]:
        return dict(self.status(name)["containerStatuses"][index])

    def transitions(self, name: str = "web") -> list[str]:
        """What a watcher has seen of the pod so far, one short line a change."""
        return [line for who, line in self.seen if who == name]

    def _note(self, event: Any) -> None:
        if event.kind == "Pod":
            self.seen.append((event.object["metadata"]["name"], line_of(event)))

    def condition(self, kind: str, name: str = "web") -> dict[str, Any]:
        return next(c for c in self.status(name)["conditions"] if c["type"] == kind)


def line_of(event: Any) -> str:
    """Type, phase, whether it has an address, each container's state, Ready, grace: as compared with a real cluster."""
    obj = event.object
    status, metadata = obj.get("status", {}), obj["metadata"]
    statuses = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    words = [event.type, str(status.get("phase", "-")), "ip" if status.get("podIP") else "no-ip"]
    words += [f"{_state(s['state'])}/{_state(s['lastState'])}/{s['restartCount']}" for s in statuses]
    conditions = {c["type"]: c["status"][0] for c in status.get("conditions", [])}
    words += [f"{short}={conditions[kind]}" for kind, short in _CONDITIONS if kind in conditions]
    if "deletionTimestamp" in metadata:
        words.append(f"grace={metadata['deletionGracePeriodSeconds']}")
    return " ".join(words)


_CONDITIONS = (("Ready", "ready"), ("PodReadyToStartContainers", "net"))


def _state(state: Mapping[str, Any]) -> str:
    if "running" in state:
        return "running"
    for kind in ("waiting", "terminated"):
        if kind in state:
            return str(state[kind]["reason"]) + (f":{state[kind]['exitCode']}" if kind == "terminated" else "")
    return "-"


def pod(name: str = "web", *, image: str = "homics/gateway:1.0.0", **container: Any) -> dict[str, Any]:
    """A pod of one container that is assigned to the node."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": name}},
        "spec": {
            "nodeName": "minikube",
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "containers": [{"name": "gateway", "image": image, **container}],
        },
    }


async def until(store: Store, condition: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait for a change of the store that makes `condition` true. Raises: TimeoutError."""
    changed = asyncio.Event()
    stop = store.subscribe(lambda _event: changed.set())
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                changed.clear()
                await changed.wait()
    finally:
        stop()
