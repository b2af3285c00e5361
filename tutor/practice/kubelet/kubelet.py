"""The kubelet: a worker for each pod that is assigned to this node; logs, exec and use of its containers."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tutor.kube.times import Clock, unix
from tutor.practice.kubelet import exec_session, log_request, logs
from tutor.practice.kubelet.errors import KubeletError, internal, not_found
from tutor.practice.kubelet.exec_session import CommandNotFound, ExecSession
from tutor.practice.kubelet.files import container_files
from tutor.practice.kubelet.images import Images
from tutor.practice.kubelet.node import Node, Recorder, Store
from tutor.practice.kubelet.pod_worker import PodWorker
from tutor.practice.kubelet.prober import CommandResult, NetworkProber, Prober
from tutor.practice.kubelet.process_records import ProcessRecords
from tutor.practice.kubelet.process_runtime import ProcessRuntime
from tutor.practice.kubelet.runtime import Runtime
from tutor.practice.kubelet.usage import Usage
from tutor.practice.proxy.forward_proxy import ForwardProxy
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.standins.commands.world import Io, World, no_input

DEFAULT_NODE_ADDRESS = "127.0.0.1"
# How long processes get to end when the node itself goes down.
SHUTDOWN_GRACE_SECONDS = 2.0


class Subscribable(Store, Protocol):
    def subscribe(self, callback: Any) -> Any: ...


class Kubelet:
    """One node. `start`, then it follows the store; `stop` ends every process and leaves the pods' status."""

    def __init__(
        self,
        store: Subscribable,
        clock: Clock,
        recorder: Recorder,
        state_dir: Path,
        node_name: str,
        network: PodNetwork,
        images: Images,
        *,
        node_address: str = DEFAULT_NODE_ADDRESS,
        runtime: Runtime | None = None,
        prober: Prober | None = None,
    ) -> None:
        self._store = store
        self._proxy = ForwardProxy(network)
        self._records = ProcessRecords(state_dir / "processes")
        self._log_folder = state_dir / "logs"
        self.network = network
        self.node = Node(
            store=store,
            clock=clock,
            recorder=recorder,
            network=network,
            images=images,
            runtime=runtime or ProcessRuntime(network, self._proxy, self._records),
            prober=prober or NetworkProber(network, self._execute),
            name=node_name,
            address=node_address,
            log_folder=self._log_folder,
        )
        self.usage = Usage(clock)
        self._workers: dict[str, PodWorker] = {}
        self._unsubscribe: Any = None
        self._sampling: asyncio.Task[None] | None = None

    async def start(self) -> list[str]:
        """The names of processes of an earlier run that had to be ended."""
        swept = self._records.sweep()
        await self._proxy.start()
        self._unsubscribe = self._store.subscribe(self._on_event)
        pods = self._store.list("Pod")
        self._drop_logs_of_others({str(pod["metadata"]["uid"]) for pod in pods})
        for pod in pods:
            self._sync(pod)
        self._sampling = asyncio.create_task(self.usage.run(self._processes), name="kubelet usage")
        return swept

    async def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._sampling is not None:
            self._sampling.cancel()
            await asyncio.gather(self._sampling, return_exceptions=True)
        await asyncio.gather(*(worker.abandon(SHUTDOWN_GRACE_SECONDS) for worker in list(self._workers.values())))
        await self._proxy.stop()

    def _on_event(self, event: Any) -> None:
        if event.object.get("kind") != "Pod":
            return
        if event.type == "DELETED":
            worker = self._workers.get(event.object["metadata"]["uid"])
            if worker is not None:
                worker.removed()
            return
        self._sync(event.object)

    def _sync(self, pod: Mapping[str, Any]) -> None:
        if pod["spec"].get("nodeName") != self.node.name:
            return
        uid = str(pod["metadata"]["uid"])
        worker = self._workers.get(uid)
        if worker is None:
            worker = self._workers[uid] = PodWorker(self.node, pod, self._gone)
            worker.start()
        else:
            worker.update(pod)

    def _gone(self, uid: str) -> None:
        self._workers.pop(uid, None)
        self._drop_logs(uid)

    def _drop_logs(self, uid: str) -> None:
        for folder in self._log_folder.glob(f"*_{uid}"):
            shutil.rmtree(folder, ignore_errors=True)

    def _drop_logs_of_others(self, uids: set[str]) -> None:
        for folder in self._log_folder.iterdir() if self._log_folder.is_dir() else ():
            if folder.name.rpartition("_")[2] not in uids:
                shutil.rmtree(folder, ignore_errors=True)

    def worker(self, namespace: str, name: str) -> PodWorker | None:
        pod = self._store.get("Pod", namespace, name)
        return None if pod is None else self._workers.get(pod["metadata"]["uid"])

    def _processes(self) -> dict[tuple[str, str], int]:
        return {
            (uid, name): loop.process.pid
            for uid, worker in self._workers.items()
            for name, loop in worker.loops.items()
            if loop.process is not None
        }

    def running(self) -> int:
        """How many containers run as processes now."""
        return len(self._processes())

    # For the API

    def logs(
        self,
        namespace: str,
        pod: str,
        container: str = "",
        *,
        previous: bool = False,
        tail_lines: int | None = None,
        since_seconds: float | None = None,
        since_time: str | None = None,
        timestamps: bool = False,
        limit_bytes: int | None = None,
        follow: bool = False,
    ) -> AsyncIterator[bytes]:
        """Raises, before the first byte: KubeletError, ValueError for a since_time that is none."""
        stored = self._store.get("Pod", namespace, pod)
        worker = self.worker(namespace, pod)
        if stored is None or worker is None:
            raise not_found("pods", pod)
        name = log_request.choose_container(stored, container)
        record = next(r for r in worker.record.all() if r.name == name)
        path = log_request.log_file(self._log_folder, stored, record, previous=previous)
        since = self.node.clock.now() - since_seconds if since_seconds is not None else None
        if since_time is not None:
            since = unix(since_time)
        options = logs.LogOptions(tail_lines, since, timestamps, limit_bytes, follow and not previous)
        loop = worker.loops.get(name)
        live = loop.log if loop is not None and loop.log is not None and loop.log.path == path else None
        return logs.read(path, options, live)

    def cpu_milli(self, pod: Mapping[str, Any]) -> dict[str, int]:
        """Container → thousandths of a core over the last window; empty until there are two samples."""
        return self.usage.cpu_milli(str(pod["metadata"]["uid"]))

    def memory_bytes(self, pod: Mapping[str, Any]) -> dict[str, int]:
        return self.usage.memory_bytes(str(pod["metadata"]["uid"]))

    def exec(
        self, namespace: str, pod: str, container: str, words: tuple[str, ...], *, tty: bool = False
    ) -> ExecSession:
        """A command to run in a container. Raises: KubeletError, `CommandNotFound`."""
        stored = self._store.get("Pod", namespace, pod)
        if stored is None:
            raise not_found("pods", pod)
        name = log_request.choose_container(stored, container)
        worker = self.worker(namespace, pod)
        loop = worker.loops.get(name) if worker is not None else None
        if worker is None or loop is None or loop.process is None:
            raise internal(f'unable to upgrade connection: container not found ("{name}")')
        exec_session.check(words)
        files = container_files(stored, loop.spec(), self._store, address=loop.address, host_address=self.node.address)
        world = World(
            network=exec_session.FromPod(self.network, namespace, loop.address),
            env={**loop.env, **({"TERM": "xterm"} if tty else {})},
            files=files | loop.scratch,
            hostname=loop.env.get("HOSTNAME", pod),
            directory=str(loop.spec().get("workingDir") or "/"),
            processes=((1, loop.command_line),),
        )
        return ExecSession(words, world, loop.scratch)

    async def _execute(self, pod: Mapping[str, Any], container: str, words: tuple[str, ...]) -> CommandResult:
        """For exec probes and hooks."""
        metadata = pod["metadata"]
        try:
            session = self.exec(metadata["namespace"], metadata["name"], container, words)
        except CommandNotFound as error:
            return CommandResult(126, problem=f'failed to start exec "{secrets.token_hex(32)}": {error}')
        except KubeletError as error:
            return CommandResult(126, problem=error.message)
        output: list[bytes] = []
        code = await session.run(Io(output.append, output.append, no_input))
        return CommandResult(code, b"".join(output).decode("utf-8", "replace"))
