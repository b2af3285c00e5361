"""preStop: what a container is given to do before SIGTERM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.kube.probes import effective_probe
from tutor.practice.kubelet.node import Node

if TYPE_CHECKING:
    from tutor.practice.kubelet.container_loop import ContainerLoop


async def run(node: Node, pod: Mapping[str, Any], loop: ContainerLoop, hook: Mapping[str, Any]) -> None:
    """exec, httpGet or sleep. A failure is an event; the container is ended all the same."""
    if "sleep" in hook:
        await node.clock.sleep(float(hook["sleep"].get("seconds", 0)))
        return
    # A hook's exec and httpGet have the shape of a probe's; no timeout of their own, the grace period bounds them.
    probe = effective_probe({**hook, "timeoutSeconds": 3600})
    outcome = await node.prober.probe(pod, loop.spec(), probe, loop.address)
    if not outcome.succeeded:
        loop.event("Warning", "FailedPreStopHook", f"PreStopHook failed: {outcome.output}")
