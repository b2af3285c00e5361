"""The parts of the practice cluster, put together, started and stopped in order."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from tutor import __version__
from tutor.kube.times import Clock
from tutor.practice.access.signing_key import SigningKey
from tutor.practice.admission.admit import Admission
from tutor.practice.api import ownership
from tutor.practice.api.context import Context
from tutor.practice.api.server import application
from tutor.practice.controllers import first_objects
from tutor.practice.controllers.autoscaler import AutoscalerController
from tutor.practice.controllers.deployment import DeploymentController
from tutor.practice.controllers.endpoints import EndpointsController, EndpointSliceController
from tutor.practice.controllers.garbage_collector import GarbageCollector
from tutor.practice.controllers.loop import ControllerLoop
from tutor.practice.controllers.namespace import NamespaceController, NamespaceFurnisher
from tutor.practice.controllers.recorder import EventRecorder, EventSweeper
from tutor.practice.controllers.replicaset import ReplicaSetController
from tutor.practice.controllers.scheduler import Scheduler
from tutor.practice.daemon import memory
from tutor.practice.daemon.heartbeat import Heartbeat
from tutor.practice.daemon.objects_file import ObjectsFile
from tutor.practice.kubelet.images import Images
from tutor.practice.kubelet.kubelet import Kubelet
from tutor.practice.kubelet.node_object import node_object
from tutor.practice.life.folder import ClusterFolder, write_private
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.proxy.node_ports import NodePorts
from tutor.practice.store.store import Store

LOG = logging.getLogger(__name__)

NODE_NAME = "minikube"
NODE_ADDRESS = "127.0.0.1"
# Open watches and log followers are told to end first; this is for connections that do not listen to that.
_CLOSE_SECONDS = 1.0


@dataclass(slots=True)
class PracticeCluster:
    """One node and its control plane."""

    folder: ClusterFolder
    clock: Clock
    token: str
    boot_id: str
    listener: socket.socket
    """Bound to 127.0.0.1; the API server listens on it."""
    middlewares: tuple[Any, ...] = ()
    _parts: _Parts | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Everything; serving when it returns. What the learner has to know, "" for nothing. Raises: OSError,
        sqlite3.Error, ssl.SSLError."""
        parts = self._parts = _Parts(self)
        note = parts.objects.load(parts.store)
        parts.objects.follow(parts.store)
        rebooted = parts.store.get("Node", "", NODE_NAME) is not None
        port = int(self.listener.getsockname()[1])
        images = parts.images
        node = node_object(NODE_NAME, NODE_ADDRESS, self.clock.now(), images, boot_id=self.boot_id)
        first_objects.install(parts.store, node, NODE_ADDRESS, port)
        parts.say_started(self.boot_id, rebooted=rebooted)
        if not await parts.objects.flush():
            # Better not to begin than to lose everything that the learner does.
            raise OSError(errno.ENOSPC, parts.objects.problem)
        loop = ControllerLoop(parts.store, self.clock, parts.controllers())
        await self._serve(parts)
        swept = await parts.kubelet.start()
        if swept:
            LOG.info("ended processes of an earlier run: %s", ", ".join(swept))
        for name, work in (
            ("controllers", loop.run()),
            ("node ports", parts.node_ports.run()),
            ("objects file", parts.objects.run()),
            ("memory", memory.run(self.clock, lambda: parts.store.resource_version)),
        ):
            self._tasks.append(asyncio.create_task(work, name=name))
        return note

    async def _serve(self, parts: _Parts) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder.certificates / "server.crt", self.folder.certificates / "server.key")
        app = application(parts.context)
        app.middlewares.extend(self.middlewares)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=_CLOSE_SECONDS)
        await self._runner.setup()
        await web.SockSite(self._runner, self.listener, ssl_context=context).start()

    async def failed(self) -> BaseException:
        """The first defect that ended one of the parts; returns only then."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        task = next(iter(done))
        return task.exception() or RuntimeError(f"{task.get_name()} has ended")

    async def stop(self) -> None:
        """End every container, save every object."""
        parts = self._parts
        if parts is None:
            return
        parts.context.close()
        if self._runner is not None:
            await self._runner.cleanup()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await parts.kubelet.stop()
        for problem in parts.kubelet.node.problems:
            LOG.error("a pod's worker ended unexpectedly", exc_info=problem)
        await parts.objects.close()

    def status(self) -> dict[str, Any]:
        """For the control API."""
        parts = self._parts
        if parts is None:
            return {"boot_id": self.boot_id, "version": __version__}
        problems = [f"The objects cannot be saved: {parts.objects.problem}."] if parts.objects.problem else []
        problems += [f"A pod's worker ended unexpectedly: {problem!r}" for problem in parts.kubelet.node.problems]
        return {
            "boot_id": self.boot_id,
            "version": __version__,
            "pods": len(parts.store.list("Pod")),
            "processes": parts.kubelet.running(),
            "problems": problems,
        }


class _Parts:
    """Everything that lives as long as the cluster."""

    def __init__(self, cluster: PracticeCluster) -> None:
        clock = cluster.clock
        self.clock = clock
        self.folder = cluster.folder
        self.store = Store(clock)
        self.objects = ObjectsFile(cluster.folder.objects, clock)
        self.admission = Admission(self.store)
        self.store.admit = self.admission.admit
        self.store.own = ownership.of_components(clock)
        self.recorder = EventRecorder(self.store, clock, NODE_NAME)
        self.images = Images()
        self.network = PodNetwork(self.store)
        self.kubelet = Kubelet(
            self.store.written_by("kubelet"),
            clock,
            self.recorder,
            cluster.folder.node,
            NODE_NAME,
            self.network,
            self.images,
            node_address=NODE_ADDRESS,
        )
        self.node_ports = NodePorts(self.store, self.network, clock, self._tell)
        self.store.subscribe(self.node_ports.on_event)
        host, port = cluster.listener.getsockname()[:2]
        self.context = Context(
            self.store,
            clock,
            self.kubelet,
            self.network,
            self.admission,
            cluster.token,
            _signing_key(cluster.folder.signing_key),
            address=f"{host}:{port}",
            streams={
                "exec": partial(_exec, self.kubelet),
                "attach": partial(_attach, self.kubelet),
                "portforward": partial(_portforward, self.kubelet),
            },
        )

        self.store.subscribe(self.context.encoded.on_event)

    def _tell(self, service: dict[str, Any], kind: str, reason: str, message: str) -> None:
        self.recorder.event(service, kind, reason, message, "kube-proxy")

    def controllers(self) -> list[Any]:
        clock, recorder = self.clock, self.recorder
        store = self.store.written_by("kube-controller-manager")
        ca = (self.folder.certificates / "ca.crt").read_text("ascii")
        return [
            DeploymentController(store, clock, recorder),
            ReplicaSetController(store, clock, recorder),
            Scheduler(store, clock, recorder),
            EndpointsController(store),
            EndpointSliceController(store),
            GarbageCollector(store),
            NamespaceController(store, clock),
            NamespaceFurnisher(store, ca),
            AutoscalerController(store, clock, recorder, self.kubelet),
            EventSweeper(store, clock),
            Heartbeat(self.store.written_by("kubelet"), clock, NODE_NAME),
        ]

    def say_started(self, boot_id: str, *, rebooted: bool) -> None:
        node = self.store.get("Node", "", NODE_NAME)
        if node is None:
            return
        # Events of a node carry its name where others carry the uid, as the kubelet writes them.
        self.recorder.event(node, "Normal", "Starting", "Starting kubelet.", "kubelet")
        if rebooted:
            text = f"Node {NODE_NAME} has been rebooted, boot id: {boot_id}"
            self.recorder.event(node, "Warning", "Rebooted", text, "kubelet")


def _signing_key(path: Path) -> SigningKey:
    """Kept from run to run: so are the tokens."""
    return SigningKey(lambda: path.read_bytes() if path.is_file() else b"", partial(write_private, path))


# Loaded with the first exec or port-forward: the start need not wait for them.


async def _exec(kubelet: Kubelet, request: web.Request, namespace: str, pod: str) -> web.StreamResponse:
    from tutor.practice.streams.handlers import handle_exec

    return await handle_exec(request, kubelet, namespace, pod)


async def _attach(kubelet: Kubelet, request: web.Request, namespace: str, pod: str) -> web.StreamResponse:
    from tutor.practice.streams.handlers import handle_attach

    return await handle_attach(request, kubelet, namespace, pod)


async def _portforward(kubelet: Kubelet, request: web.Request, namespace: str, pod: str) -> web.StreamResponse:
    from tutor.practice.streams.handlers import handle_portforward

    return await handle_portforward(request, kubelet, namespace, pod)
