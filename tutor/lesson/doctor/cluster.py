"""The cluster: which one is chosen, whether it answers, and whether it has what the exercise needs."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from tutor.cluster.api import Cluster, KubeObject, Target
from tutor.cluster.app import Application
from tutor.cluster.errors import BrokenKubeconfig, ClusterError, NotFoundError, Unreachable
from tutor.cluster.kubeconfig import kubeconfig_paths, read_kubeconfig
from tutor.cluster.locality import kind_of
from tutor.cluster.registry import PullLimit, pull_limit
from tutor.content.loader import Course
from tutor.core.snapshot import ClusterSnapshot
from tutor.kube.conditions import is_true
from tutor.kube.images import same_image
from tutor.kube.quantities import parse_quantity
from tutor.kube.times import Clock
from tutor.lesson.doctor.advice import Advice, bad, ok, unknown, warn
from tutor.lesson.settings import Settings

GIB = 1024**3
NODE_MEMORY = 1.7
"""GiB that a node needs for the first seven steps."""
MOST_LISTED = 50
"""Images that a kubelet reports, the largest first (its default nodeStatusMaxImages)."""
IMAGE = re.compile(r"^\s*(?:-\s+)?image:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
LOAD = {
    "minikube": "minikube image pull {image}",
    "kind": "docker pull {image} && kind load docker-image {image}",
    "k3d": "docker pull {image} && k3d image import {image}",
    "docker-desktop": "docker pull {image}",
}
"""How an image gets to the node before it is needed, by the kind of the cluster."""


def contexts(settings: Settings) -> Advice:
    named = str(settings.kubeconfig) if settings.kubeconfig is not None else None
    paths, must = kubeconfig_paths(named, os.environ, Path.home())
    try:
        config = read_kubeconfig(paths, must_exist=must)
    except BrokenKubeconfig as error:
        return bad("kubeconfig", str(error), "Until then only the practice cluster can be used: --practice")
    if not config.paths:
        return warn(
            "kubeconfig",
            f"There is none ({', '.join(str(path) for path in paths)}).",
            "minikube start writes one. Without it the practice cluster is used: homics-tutor --practice",
        )
    seen = [
        f"{entry.name}{'*' if entry.name == config.current else ''} ({kind_of(entry).kind})"
        for entry in config.contexts.values()
    ]
    found = f"{config.location}: {', '.join(seen) or 'no context'}."
    if config.dangling:
        name, wrong = next(iter(config.dangling.items()))
        return warn("kubeconfig", found, f'The context "{name}" cannot be used: {wrong}')
    return ok("kubeconfig", found)


def chosen(target: Target) -> Advice:
    place = f'The context "{target.context}" ({target.kind}) at {target.server}, namespace {target.namespace}.'
    if not target.writable:
        return warn(
            "context", place, f"It is no local cluster: nothing is changed there without --context {target.context}"
        )
    return Advice(ok("", "").mark, "context", place, target.note)


async def cluster(live: Cluster, course: Course, clock: Clock, *, ask_registry: bool) -> AsyncIterator[Advice]:
    """Looks at a cluster that answers."""
    async for advice in _nodes(live, course, ask_registry=ask_registry):
        yield advice
    yield await _metrics(live)
    yield await _rights(live)
    async for advice in _gateway(live, clock):
        yield advice


async def _nodes(live: Cluster, course: Course, *, ask_registry: bool) -> AsyncIterator[Advice]:
    try:
        nodes, _ = await live.list("Node")
    except ClusterError as error:
        yield unknown("node", f"The nodes may not be read: {error}")
        return
    for node in nodes:
        yield node_advice(node)
    missing, certain = missing_images(nodes, images_of(course))
    yield images_advice(missing, certain, live.target.kind, len(images_of(course)))
    if missing and live.target.kind != "practice":
        yield rate_advice(await pull_limit() if ask_registry else "Docker Hub was not asked", len(missing))


def node_advice(node: KubeObject) -> Advice:
    name, status = node["metadata"]["name"], node.get("status") or {}
    info = (status.get("nodeInfo") or {}).get("kubeletVersion", "")
    if not is_true(node, "Ready"):
        return bad("node", f"The node {name} is not ready.", f"kubectl describe node {name} tells why.")
    for pressure, what in (("DiskPressure", "disk space"), ("MemoryPressure", "memory"), ("PIDPressure", "processes")):
        if is_true(node, pressure):
            return bad(
                "node",
                f"The node {name} runs out of {what} ({pressure}): it starts no new pods and ends running ones.",
                f"Free some; kubectl describe node {name} says more.",
            )
    if (node.get("spec") or {}).get("unschedulable"):
        return bad("node", f"The node {name} takes no pods (cordoned).", f"kubectl uncordon {name}")
    room = status.get("allocatable") or {}
    try:
        memory, cores = float(parse_quantity(room.get("memory", "0"))) / GIB, parse_quantity(room.get("cpu", "0"))
    except ValueError:
        return unknown("node", f"The node {name} is ready; its room could not be read.")
    found = f"The node {name} is ready ({info}): {float(cores):g} CPUs, {memory:.1f} GiB."
    if memory and memory < NODE_MEMORY:
        return warn(
            "node", found, "That is little for Java programs: minikube start --memory 4g (after minikube delete)"
        )
    return ok("node", found)


def images_of(course: Course) -> tuple[str, ...]:
    """All images of the course: those of the reference manifests and those that a step rolls to."""
    found: dict[str, None] = {}
    for path in course.reference(course.steps[-1].slug).values():
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            continue  # `author check` is where a broken course is said
        found.update(dict.fromkeys(IMAGE.findall(text)))
    for step in course.steps:
        if step.action.startswith("roll:"):
            found[step.action.removeprefix("roll:")] = None
    return tuple(found)


def missing_images(nodes: Iterable[KubeObject], wanted: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """(images that no node reports, whether that is certain: a kubelet reports so many and no more)."""
    lists = [(node.get("status") or {}).get("images") or [] for node in nodes]
    present = [str(name) for images in lists for image in images for name in image.get("names") or []]
    missing = tuple(image for image in wanted if not any(same_image(image, name) for name in present))
    return missing, all(len(images) < MOST_LISTED for images in lists)


def images_advice(missing: tuple[str, ...], certain: bool, kind: str, count: int) -> Advice:
    if kind == "practice":
        return ok("images", "The practice cluster has all images of the exercise.")
    if not missing:
        return ok("images", f"All {count} images of the exercise are on the node.")
    found = f"Not on the node{'' if certain else ' (as far as it tells)'}: {', '.join(missing)}."
    how = LOAD.get(kind)
    if how is None:
        return warn("images", found, "They are pulled when a pod needs them, which takes a while.")
    commands = "\n".join(how.format(image=image) for image in missing)
    return warn("images", found, f"They are pulled when a pod needs them. To have them before a class:\n{commands}")


def rate_advice(limit: PullLimit | str, missing: int) -> Advice:
    if isinstance(limit, str):
        return unknown("pull limit", f"{limit}.", "In a class everybody shares one address, and one limit of pulls.")
    if limit.remaining is None:
        return ok("pull limit", "Docker Hub sets no limit on pulls here.")
    found = f"{limit.remaining} of {limit.limit} pulls from Docker Hub are left for this network."
    if limit.remaining < missing:
        return bad("pull limit", found, "Wait some hours, docker login on the node, or load the images from a file.")
    if limit.remaining < missing * 10:
        return warn(
            "pull limit", found, f"{missing} images are missing: enough for you, not for a class behind one address."
        )
    return ok("pull limit", found)


async def _metrics(live: Cluster) -> Advice:
    try:
        await live.list("PodMetrics")
    except (NotFoundError, Unreachable):
        enable = "minikube addons enable metrics-server" if live.target.kind == "minikube" else "install metrics-server"
        return warn(
            "metrics",
            "There is no metrics-server: the autoscaling step shows <unknown> instead of a CPU load.",
            f"Only that step needs it: {enable}",
        )
    except ClusterError as error:
        return unknown("metrics", str(error))
    return ok("metrics", "The metrics API answers.")


async def _rights(live: Cluster) -> Advice:
    """Whether the learner may do in the namespace what the exercise asks for."""
    namespace = live.target.namespace
    try:
        if await live.get("Namespace", namespace) is None:
            return bad("namespace", f"There is no namespace {namespace}.", f"kubectl create namespace {namespace}")
        if not live.target.writable:
            return unknown("namespace", f"{namespace} is there; what you may do in it was not tried.")
        await live.apply(PROBE, dry_run=True)
    except ClusterError as error:
        return bad("namespace", f"A Deployment may not be made in {namespace}: {error}", "Use a namespace of your own.")
    return ok("namespace", f"You may make Deployments in {namespace} (asked with a dry run).")


PROBE: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "homics-doctor"},
    "spec": {
        "selector": {"matchLabels": {"app": "homics-doctor"}},
        "template": {
            "metadata": {"labels": {"app": "homics-doctor"}},
            "spec": {"containers": [{"name": "none", "image": "homics/gateway:1.0.0"}]},
        },
    },
}
"""Never made: asked for with a dry run only."""


async def _gateway(live: Cluster, clock: Clock) -> AsyncIterator[Advice]:
    try:
        service = await live.get("Service", "gateway")
    except ClusterError as error:
        yield unknown("gateway", str(error))
        return
    if service is None:
        yield unknown("gateway", "There is no Service gateway yet, so no NodePort could be tried.")
        return
    snapshot = ClusterSnapshot(live.target.namespace, clock.now()).with_object(service, clock.now())
    try:
        events, _ = await live.list("Event")
    except ClusterError:
        # Nothing then says that another program has the port.
        events = []
    for event in events:
        snapshot = snapshot.with_object(event, clock.now())
    application = Application(live, lambda: snapshot, clock)
    try:
        port = application.node_port()
        if port is None:
            yield warn(
                "gateway", "The Service gateway has no NodePort.", "Its type must be NodePort: step gateway-service"
            )
            return
        url, remark = await application.find_way(patience=1.0), application.remark
    finally:
        await application.close()
    if url:
        yield ok("gateway", f"The gateway answers at {url}.")
        return
    if application.way.occupied:
        yield warn("gateway", remark, "The lesson goes on without it; a browser needs the port.")
        return
    yield warn(
        "gateway",
        f"The NodePort {port} does not answer from this machine, or the gateway does not run.",
        "With Docker on macOS or Windows a node's address cannot be reached: minikube service gateway opens a way, and"
        " the tutor uses the API server's service proxy.",
    )
