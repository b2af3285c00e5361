"""postStart and preStop: what a container is given to do after its start and before SIGTERM. Texts of v1.34.2."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.kube.probes import effective_probe
from tutor.practice.kubelet.node import Node
from tutor.practice.kubelet.runtime import Running

if TYPE_CHECKING:
    from tutor.practice.kubelet.container_loop import ContainerLoop


# A hook's exec and httpGet have the shape of a probe's; it has no timeout of its own.
_SECONDS = 3600


async def post_start(
    node: Node, pod: Mapping[str, Any], loop: ContainerLoop, process: Running, container: Mapping[str, Any]
) -> str:
    """Why it failed, "" where it did not or there is none. The container's own end cuts it short."""
    hook = (container.get("lifecycle") or {}).get("postStart")
    if not hook:
        return ""
    work = asyncio.ensure_future(_post_start(node, pod, loop, hook))
    ended = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({work, ended}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else ""
    finally:
        work.cancel()
        ended.cancel()
        await asyncio.gather(work, ended, return_exceptions=True)


async def _post_start(node: Node, pod: Mapping[str, Any], loop: ContainerLoop, hook: Mapping[str, Any]) -> str:
    if "sleep" in hook:
        await node.clock.sleep(float(hook["sleep"].get("seconds", 0)))
        return ""
    probe = effective_probe({**hook, "timeoutSeconds": _SECONDS})
    outcome = await node.prober.probe(pod, loop.spec(), probe, loop.address)
    if outcome.succeeded:
        return ""
    metadata = pod["metadata"]
    where = f'Container "{loop.record.name}" in Pod "{metadata["name"]}_{metadata["namespace"]}({metadata["uid"]})"'
    if probe.kind == "exec":
        what, text = f"Exec lifecycle hook ([{' '.join(probe.command)}])", f'{outcome.output}, message: ""'
        if not outcome.errored:
            text = f"command '{' '.join(probe.command)}' failed: {outcome.output}"
    else:
        what, text = f"HTTP lifecycle hook ({probe.path})", outcome.output
    return f"{what} for {where} failed - error: {text}"


async def run(node: Node, pod: Mapping[str, Any], loop: ContainerLoop, hook: Mapping[str, Any]) -> None:
    """exec, httpGet or sleep. A failure is an event; the container is ended all the same."""
    if "sleep" in hook:
        await node.clock.sleep(float(hook["sleep"].get("seconds", 0)))
        return
    # The grace period bounds it.
    probe = effective_probe({**hook, "timeoutSeconds": _SECONDS})
    outcome = await node.prober.probe(pod, loop.spec(), probe, loop.address)
    if not outcome.succeeded:
        loop.event("Warning", "FailedPreStopHook", "PreStopHook failed")
