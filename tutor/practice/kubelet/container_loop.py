"""One container's life: image, configuration, start, probes, end, back-off, and again by the restart policy.

Source: kubelet kuberuntime (SyncPod, doBackOff) and kubernetes.io, Pod lifecycle; texts of v1.34.2.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.practice.kubelet import command, hooks
from tutor.practice.kubelet.backoff import go_duration
from tutor.practice.kubelet.environment import ConfigError, resolve
from tutor.practice.kubelet.files import container_files
from tutor.practice.kubelet.image_step import SYNC_SECONDS, ImageStep
from tutor.practice.kubelet.images import StandIn
from tutor.practice.kubelet.logs import LogFile, drop_older
from tutor.practice.kubelet.node import Node
from tutor.practice.kubelet.pause import pause
from tutor.practice.kubelet.probe_state import Outcome, ProbeKind, ProbeState, Result
from tutor.practice.kubelet.probe_worker import ProbeWorker
from tutor.practice.kubelet.records import ContainerRecord, State, running, terminated, waiting
from tutor.practice.kubelet.runtime import ContainerSpec, RunFailed, Running

# The kubelet lists its containers each second: an end is seen, and shown, that long before the restart.
RELIST_SECONDS = 1.0
_PROBE_NAMES: dict[ProbeKind, str] = {"readiness": "Readiness", "liveness": "Liveness", "startup": "Startup"}
_KILL_GRACE_SECONDS = 30.0


@dataclass(slots=True)
class ContainerLoop:
    """Of one container of one pod."""

    node: Node
    record: ContainerRecord
    pod: Callable[[], Mapping[str, Any]]
    """The pod as it is now."""
    address: str
    publish: Callable[[], None]
    ending: asyncio.Event
    """The pod is being deleted, or has failed as a whole."""
    once_started: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the container first has started (its startup probe included): the next init container may go on."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the container first runs, or cannot be started for now: the next one has its turn."""
    process: Running | None = None
    probes: ProbeWorker | None = None
    log: LogFile | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    command_line: str = ""
    scratch: dict[str, str] = field(default_factory=dict)
    """Files that exec wrote in this run."""
    starting: bool = False
    """It is being started: the pod's status waits for it."""
    _restart_at_once: bool = False
    """Ended by the kubelet itself: the next run follows in the same step, and the end between them is not shown."""
    _ended_before: float = 0.0
    """When the run before the last one ended, in Unix seconds; 0 for none."""
    _probing: asyncio.Task[None] | None = None
    _stopping: asyncio.Task[None] | None = None

    def spec(self) -> Mapping[str, Any]:
        spec = self.pod()["spec"]
        where = "initContainers" if self.record.init else "containers"
        return next(c for c in spec[where] if c["name"] == self.record.name)

    @property
    def key(self) -> str:
        """Of the back-off: another image begins anew."""
        return f"{self.pod()['metadata']['uid']}/{self.record.name}/{self.spec().get('image')}"

    def _publish(self) -> None:
        self.starting = False
        self.settled.set()
        self.publish()

    def event(self, type_: str, reason: str, message: str) -> None:
        where = "initContainers" if self.record.init else "containers"
        self.node.event(self.pod(), type_, reason, message, f"{where}{{{self.record.name}}}")

    async def run(self) -> None:
        """Until the restart policy lets it end, or the pod ends."""
        ran = "terminated" in self.record.state
        while not self.ending.is_set():
            if ran:
                if not self._restarts():
                    return
                if await self._wait_for_restart():
                    return
            await self._run_once()
            ran = True
            if self.ending.is_set() or not self._restarts():
                return
            if not self._restart_at_once and await self._pause(RELIST_SECONDS):
                return

    def _restarts(self) -> bool:
        if self.record.sidecar:
            return True
        policy = self.pod()["spec"].get("restartPolicy", "Always")
        ended_well = self.record.exit_code == 0
        if self.record.init and ended_well:
            return False
        return policy == "Always" or (policy == "OnFailure" and not ended_well)

    async def _pause(self, seconds: float) -> bool:
        return await pause(self.node.clock, seconds, self.ending)

    async def _wait_for_restart(self) -> bool:
        """Sit out the back-off; True where the pod ends meanwhile."""
        record, node = self.record, self.node
        pod = self.pod()["metadata"]
        since = record.finished_at
        if self._restart_at_once:
            # The kubelet that has just ended the container looks at the run before it: the first such end is free.
            self._restart_at_once = False
            since = self._ended_before
            if not since:
                return False
        while remaining := node.restarts.remaining(self.key, since, node.clock.now()):
            delay = go_duration(node.restarts.delay(self.key))
            name = f"{pod['name']}_{pod['namespace']}({pod['uid']})"
            if "terminated" in record.state:
                record.last_state = record.state
            record.state = waiting(
                "CrashLoopBackOff", f"back-off {delay} restarting failed container={record.name} pod={name}"
            )
            self.event("Warning", "BackOff", f"Back-off restarting failed container {record.name} in pod {name}")
            self._publish()
            if await self._pause(min(remaining, SYNC_SECONDS)):
                return True
            since = record.finished_at
        node.restarts.next(self.key, since, node.clock.now())
        return False

    async def _run_once(self) -> None:
        """One run, from the image to the end of the process."""
        prepared = await self._prepare()
        if prepared is None:
            return
        container, stand_in, env = prepared
        record = self.record
        if record.container_id:
            record.restart_count += 1
        if "terminated" in record.state:
            record.last_state = record.state
        record.container_id = "containerd://" + secrets.token_hex(32)
        record.image_id, record.image_full = stand_in.image_id, stand_in.full
        self.event("Normal", "Created", f"Created container: {record.name}")
        try:
            process = await self._start(container, stand_in, env)
        except (RunFailed, OSError) as error:
            self._not_started(str(error))
            return
        self.process = process
        self.event("Normal", "Started", f"Started container {record.name}")
        started_at = self.node.clock.now()
        if failure := await hooks.post_start(self.node, self.pod(), self, process, container):
            await self._hook_failed(failure, process, started_at)
            return
        record.state = running(started_at)
        self._begin_probes(container, started_at)
        self._publish()
        try:
            code = await process.wait()
        finally:
            await self._end_probes()
        self._ended(code, started_at)

    async def _prepare(self) -> tuple[Mapping[str, Any], StandIn, dict[str, str]] | None:
        """Image and environment; None where the pod ends before both are there."""
        while True:
            uid = str(self.pod()["metadata"]["uid"])
            step = ImageStep(self.node, self.record, self._pause, self._publish, self.event)
            stand_in = await step.run(uid, self.spec)
            if stand_in is None or self.ending.is_set():
                return None
            container = self.spec()
            try:
                env = resolve(
                    self.pod(), container, self.node.store, address=self.address, host_address=self.node.address
                )
                return container, stand_in, env
            except ConfigError as error:
                self.event("Warning", "Failed", f"Error: {error}")
                self.record.state = waiting("CreateContainerConfigError", str(error))
                self._publish()
            if await self._pause(SYNC_SECONDS):
                return None

    async def _start(self, container: Mapping[str, Any], stand_in: StandIn, env: dict[str, str]) -> Running:
        pod = self.pod()
        metadata = pod["metadata"]
        words = command.choose(container, stand_in, env)
        folder = self.node.log_folder / f"{metadata['namespace']}_{metadata['name']}_{metadata['uid']}"
        log = LogFile(folder / self.record.name / f"{self.record.restart_count}.log", self.node.clock)
        log.open()
        drop_older(log.path.parent, self.record.restart_count - 1)
        self.log = log
        self.env, self.scratch = env, {}
        self.command_line = " ".join(words or stand_in.entrypoint)
        spec = ContainerSpec(
            namespace=str(metadata["namespace"]),
            pod=str(metadata["name"]),
            pod_uid=str(metadata["uid"]),
            container=self.record.name,
            address=self.address,
            hostname=env["HOSTNAME"],
            stand_in=stand_in,
            command=words,
            env=env,
            files=container_files(
                pod, container, self.node.store, address=self.address, host_address=self.node.address
            ),
            working_dir=str(container.get("workingDir") or "/"),
        )
        try:
            return await self.node.runtime.start(spec, log)
        except OSError:
            log.close()
            raise

    def _not_started(self, message: str) -> None:
        record = self.record
        self.event("Warning", "Failed", f"Error: {message}")
        record.finished_at = self.node.clock.now()
        ended = terminated(record.container_id, 128, "StartError", 0, record.finished_at)
        ended["terminated"]["message"] = message
        self._failed_at_start(ended, "RunContainerError", message)

    def _failed_at_start(self, ended: State, reason: str, message: str) -> None:
        record = self.record
        record.last_state, record.state = ended, waiting(reason, message)
        record.started = record.ready = False
        if not self._restarts():
            record.state, record.last_state = ended, {}
        self._publish()

    async def _hook_failed(self, failure: str, process: Running, started_at: float) -> None:
        """The container is ended for it, and the restart policy says what follows."""
        self.event("Warning", "FailedPostStartHook", "PostStartHook failed")
        self.event("Normal", "Killing", "FailedPostStartHook")
        stopping = asyncio.create_task(self._stop(process))
        try:
            code = await process.wait()
        finally:
            stopping.cancel()
            await asyncio.gather(stopping, return_exceptions=True)
        self.process = None
        if self.log is not None:
            self.log.close()
        record = self.record
        record.finished_at = self.node.clock.now()
        reason = "Completed" if code == 0 else "Error"
        ended = terminated(record.container_id, code, reason, started_at, record.finished_at)
        self._failed_at_start(ended, "PostStartHookError", failure)

    def _ended(self, code: int, started_at: float) -> None:
        record = self.record
        self.process = None
        if self.log is not None:
            self.log.close()
        self._ended_before = record.finished_at
        record.finished_at = self.node.clock.now()
        reason = "Completed" if code == 0 else "Error"
        record.state = terminated(record.container_id, code, reason, started_at, record.finished_at)
        record.started = False
        record.ready = record.init and code == 0
        if not self._restart_at_once:
            self._publish()

    # Probes

    def _begin_probes(self, container: Mapping[str, Any], started_at: float) -> None:
        self.probes = ProbeWorker(
            container, self.node.clock, started_at, self._attempt, self._probe_changed, self._probe_failed
        )
        self._take_probes()
        if self.probes.states:
            self._probing = asyncio.create_task(self.probes.run(), name=f"probes of {self.key}")

    async def _end_probes(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)
            self._probing = None
        if self._stopping is not None:
            self._stopping.cancel()
            await asyncio.gather(self._stopping, return_exceptions=True)
            self._stopping = None
        self.probes = None

    async def _attempt(self, state: ProbeState) -> Outcome:
        return await self.node.prober.probe(self.pod(), self.spec(), state.probe, self.address)

    def _take_probes(self) -> None:
        if self.probes is not None:
            self.record.started = self.probes.started
            self.record.ready = self.probes.ready and (self.record.sidecar or not self.record.init)
            if self.probes.started:
                self.once_started.set()

    def _probe_failed(self, kind: ProbeKind, outcome: Outcome) -> None:
        how = "errored and resulted in unknown state" if outcome.errored else "failed"
        self.event("Warning", "Unhealthy", f"{_PROBE_NAMES[kind]} probe {how}: {outcome.output}")

    def _probe_changed(self, kind: ProbeKind, result: Result) -> None:
        self._take_probes()
        self.publish()
        if result == "failure" and kind != "readiness":
            self.event("Normal", "Killing", f"Container {self.record.name} failed {kind} probe, will be restarted")
            self._restart_at_once = self._restarts()
            self.stop()

    # Ending

    def stop(self) -> None:
        """End this run with the pod's grace period; the restart policy says what follows."""
        if self.process is not None and self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(self.process), name=f"stop {self.key}")

    async def _stop(self, process: Running) -> None:
        process.terminate()
        spec = self.pod()["spec"]
        await self.node.clock.sleep(float(spec.get("terminationGracePeriodSeconds", _KILL_GRACE_SECONDS)))
        process.kill()

    def replace(self) -> None:
        """The container's definition changed in place (a new image)."""
        if self.process is not None:
            self.event("Normal", "Killing", f"Container {self.record.name} definition changed, will be restarted")
            self._restart_at_once = True
            self.stop()
