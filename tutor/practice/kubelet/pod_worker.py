"""One pod's life on this node: network, volumes, init containers, containers, and an orderly end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.times import format_unix
from tutor.practice.kubelet import hooks
from tutor.practice.kubelet.container_loop import ContainerLoop
from tutor.practice.kubelet.files import missing_volume
from tutor.practice.kubelet.image_step import SYNC_SECONDS
from tutor.practice.kubelet.node import Node
from tutor.practice.kubelet.pause import pause
from tutor.practice.kubelet.pod_status import PodRecord, phase_of, status_of
from tutor.practice.kubelet.records import ContainerRecord, terminated, waiting

_MOUNT_RETRY_SECONDS = 2.0
_DEADLINE_TEXT = "Pod was active on the node longer than the specified deadline"
_DEFAULT_GRACE_SECONDS = 30.0


class PodWorker:
    """`start` it, tell it of changes with `update`; `done` says that nothing of the pod runs any more."""

    def __init__(self, node: Node, pod: Mapping[str, Any], gone: Callable[[str], None]) -> None:
        self._node = node
        self._pod = pod
        self._gone = gone
        self.uid = str(pod["metadata"]["uid"])
        self.record = PodRecord(host_address=node.address)
        self.loops: dict[str, ContainerLoop] = {}
        self.ending = asyncio.Event()
        self._deadline_changed = asyncio.Event()
        self._kill_at = float("inf")
        self._deleted = False
        self._removed = False
        self._silent = False
        self._task: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[Any]] = set()

    @property
    def pod(self) -> Mapping[str, Any]:
        return self._pod

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"pod {self._pod['metadata']['name']}")
        self._task.add_done_callback(self._note_defect)

    def _note_defect(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._node.problems.append(error)

    # Changes

    def update(self, pod: Mapping[str, Any]) -> None:
        old = {c["name"]: c.get("image") for c in self._pod["spec"]["containers"]}
        self._pod = pod
        for container in pod["spec"]["containers"]:
            if old.get(container["name"]) != container.get("image") and container["name"] in self.loops:
                self.loops[container["name"]].replace()
        if "deletionTimestamp" in pod["metadata"]:
            self._delete(float(pod["metadata"].get("deletionGracePeriodSeconds") or 0))

    def removed(self) -> None:
        """The object is gone from the store (a forced deletion): end at once."""
        self._removed = True
        self._delete(0.0)

    def _delete(self, grace: float) -> None:
        if not self._deleted:
            self._deleted = True
            self._forget_waiting()
            self.publish()
        self._end(grace)

    def _forget_waiting(self) -> None:
        """Nothing is waited for any more: a back-off is over, an image not pulled."""
        for record in self.record.containers:
            if "waiting" not in record.state:
                continue
            if record.last_state:
                record.state = record.last_state
            elif "PodInitializing" not in str(record.state):
                record.state = waiting("ContainerCreating")

    def _end(self, grace: float) -> None:
        """Stop every container within `grace` seconds; a later call can only shorten that."""
        self._kill_at = min(self._kill_at, self._node.clock.now() + grace)
        self._deadline_changed.set()
        self._deadline_changed = asyncio.Event()
        if self.ending.is_set():
            return
        self.ending.set()
        for loop in self.loops.values():
            if loop.process is not None:
                self._spawn(self._stop(loop))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(self._note_defect)

    async def _stop(self, loop: ContainerLoop) -> None:
        process = loop.process
        if process is None:
            return
        if loop.probes is not None:
            loop.probes.end()
        loop.event("Normal", "Killing", f"Stopping container {loop.record.name}")
        ended = asyncio.ensure_future(process.wait())
        try:
            if hook := (loop.spec().get("lifecycle") or {}).get("preStop"):
                await self._within_grace(ended, asyncio.ensure_future(hooks.run(self._node, self._pod, loop, hook)))
            process.terminate()
            await self._within_grace(ended)
            if not ended.done():
                process.kill()
                await ended
        finally:
            ended.cancel()

    async def _within_grace(self, ended: asyncio.Future[int], work: asyncio.Future[None] | None = None) -> None:
        """Until the container has ended, `work` is done, or the grace period is over."""
        waited: set[asyncio.Future[Any]] = {ended} if work is None else {ended, work}
        while not any(future.done() for future in waited):
            remaining = self._kill_at - self._node.clock.now()
            if remaining <= 0:
                break
            timer = asyncio.ensure_future(pause(self._node.clock, remaining, self._deadline_changed))
            await asyncio.wait({*waited, timer}, return_when=asyncio.FIRST_COMPLETED)
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)
        if work is not None:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    # Life

    async def _run(self) -> None:
        if (self._pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
            try:
                await self._live()
            finally:
                for loop in self.loops.values():
                    if loop.process is not None:
                        loop.process.kill()
        else:
            self._prepare()
        if not self._deleted:
            await self.ending.wait()
        await asyncio.gather(*self._background)
        self._node.network.release(self.uid)
        if self._deleted:
            self.record.sandbox = False
            self.record.ended = True
            self.publish()
            metadata = self._pod["metadata"]
            if not self._removed:
                self._node.store.finalize("Pod", metadata["namespace"], metadata["name"])
            self._node.restarts.forget(f"{self.uid}/")
            self._node.pulls.forget(f"{self.uid}_")
            self._gone(self.uid)

    async def _live(self) -> None:
        rebooted = self._prepare()
        if rebooted:
            text = "Pod sandbox changed, it will be killed and re-created."
            self._node.event(self._pod, "Normal", "SandboxChanged", text)
        if "deletionTimestamp" in self._pod["metadata"]:
            self.update(self._pod)
        if deadline := self._pod["spec"].get("activeDeadlineSeconds"):
            self._spawn(self._watch_deadline(float(deadline)))
        self.publish()
        if await self._mount_volumes():
            return
        # Shown with the first container's start, as the kubelet does.
        self.record.address = self._node.network.allocate(self.uid)
        self.record.sandbox = True
        for record in self.record.all():
            loop = ContainerLoop(
                self._node, record, lambda: self._pod, self.record.address, self._publish_container, self.ending
            )
            self.loops[record.name] = loop
        await self._run_containers()
        if not self._deleted:
            self.record.sandbox = False
            self.publish()

    async def _run_containers(self) -> None:
        async with asyncio.TaskGroup() as group:
            for init in self.record.init:
                loop = self.loops[init.name]
                if init.sidecar:
                    group.create_task(loop.run())
                    await self._first(loop.once_started, self.ending)
                elif init.exit_code != 0:
                    await loop.run()
                if self.ending.is_set() or (not init.sidecar and init.exit_code != 0):
                    self._end_sidecars()
                    return
            for container in self.record.containers:
                self.loops[container.name].starting = True
            loops = [self.loops[container.name] for container in self.record.containers]
            mains = [
                group.create_task(self._in_turn(loop, before))
                for loop, before in zip(loops, [None, *loops], strict=False)
            ]
            for container in self.record.containers:
                if "PodInitializing" in str(container.state):
                    container.state = waiting("ContainerCreating")
            await asyncio.gather(*mains)
            self._end_sidecars()

    async def _in_turn(self, loop: ContainerLoop, before: ContainerLoop | None) -> None:
        """One container is started after the other, as the kubelet does; then each goes on by itself."""
        if before is not None:
            await self._first(before.settled, self.ending)
        try:
            await loop.run()
        finally:
            loop.settled.set()

    def _end_sidecars(self) -> None:
        """The pod's own containers are done: the restartable init containers end with them."""
        if any(record.sidecar for record in self.record.init) and not self.ending.is_set():
            phase = phase_of(self._pod, self.record)
            self.record.final = (phase, "", "") if phase in ("Succeeded", "Failed") else None
            self._end(_DEFAULT_GRACE_SECONDS)

    async def _first(self, *events: asyncio.Event) -> None:
        tasks = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def _prepare(self) -> bool:
        """Records from the spec, and from the status where the node knew the pod before; True where it ran then."""
        status = self._pod.get("status") or {}
        spec = self._pod["spec"]
        old = {str(s["name"]): s for key in ("initContainerStatuses", "containerStatuses") for s in status.get(key, [])}
        self.record.start_time = str(status.get("startTime") or format_unix(self._node.clock.now()))
        first = "PodInitializing" if spec.get("initContainers") else "ContainerCreating"
        ran = False
        for where, records in (("initContainers", self.record.init), ("containers", self.record.containers)):
            for container in spec.get(where, []):
                sidecar = where == "initContainers" and container.get("restartPolicy") == "Always"
                record = ContainerRecord(container["name"], container["image"], where == "initContainers", sidecar)
                record.state = waiting(first)
                if container["name"] in old:
                    record.take(old[container["name"]])
                    ran |= self._after_reboot(record, first)
                records.append(record)
        return ran

    def _after_reboot(self, record: ContainerRecord, first: str) -> bool:
        """What ran when the node went down has ended with an unknown code; the back-off starts anew."""
        now = self._node.clock.now()
        record.ready = record.started = False
        if record.is_running:
            record.state = terminated(record.container_id, 255, "Unknown", now, now)
            record.state["terminated"]["startedAt"] = format_unix(now)
            record.finished_at = now
            return True
        if "waiting" in record.state:
            ended = record.last_state.get("terminated")
            record.state = record.last_state if ended else waiting(first)
            record.finished_at = now
        return bool(record.container_id)

    async def _mount_volumes(self) -> bool:
        """Wait for the ConfigMaps and Secrets that volumes name; True where the pod ends meanwhile."""
        wait = _MOUNT_RETRY_SECONDS
        while problem := missing_volume(self._pod, self._node.store):
            self._node.event(self._pod, "Warning", "FailedMount", problem)
            if await pause(self._node.clock, wait, self.ending):
                return True
            wait = min(wait * 2, 10 * SYNC_SECONDS)
        return self.ending.is_set()

    async def _watch_deadline(self, seconds: float) -> None:
        if not await pause(self._node.clock, seconds, self.ending):
            self.record.final = ("Failed", "DeadlineExceeded", _DEADLINE_TEXT)
            self._node.event(self._pod, "Normal", "DeadlineExceeded", _DEADLINE_TEXT)
            self._end(float(self._pod["spec"].get("terminationGracePeriodSeconds", _DEFAULT_GRACE_SECONDS)))

    def _publish_container(self) -> None:
        """A container has changed. Those of one start are shown together; a deleted pod's end is shown once."""
        if self._deleted and not any(loop.process for loop in self.loops.values()):
            return
        if self._deleted or not any(loop.starting for loop in self.loops.values()):
            self.publish()

    def publish(self) -> None:
        """Write the status where it changed."""
        if self._silent:
            return
        metadata = self._pod["metadata"]
        stored = self._node.store.get("Pod", metadata["namespace"], metadata["name"])
        if stored is None or stored["metadata"]["uid"] != self.uid:
            return
        status = status_of(stored, self.record, self._node.clock.now())
        if status != stored.get("status"):
            self._node.store.update({**stored, "status": status}, subresource="status")

    # The node goes down

    async def abandon(self, grace: float) -> None:
        """End the processes and leave the status as it is: the pod comes back with the node."""
        self._silent = True
        self._removed = True
        self._delete(grace)
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
