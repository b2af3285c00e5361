"""From a container's image name to the program that runs, with the kubelet's pull policies, back-off and events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.practice.kubelet import images
from tutor.practice.kubelet.images import PullFailed, StandIn
from tutor.practice.kubelet.node import Node
from tutor.practice.kubelet.records import ContainerRecord, waiting

# How often the kubelet comes back to a container that cannot go on.
SYNC_SECONDS = 12.0
# ErrImagePull is shown this long before ImagePullBackOff.
ERROR_SHOWN_SECONDS = 3.0
# What asking the registry takes.
PULL_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class ImageStep:
    """For one container. `pause` returns True where the pod is ending; `publish` writes its status."""

    node: Node
    record: ContainerRecord
    pause: Callable[[float], Awaitable[bool]]
    publish: Callable[[], None]
    event: Callable[[str, str, str], None]

    async def run(self, pod_uid: str, container: Callable[[], Mapping[str, Any]]) -> StandIn | None:
        """The stand-in, however long it takes (the image's name may be mended meanwhile); None where the pod ends."""
        while True:
            found, wait = await self._try(pod_uid, container())
            if found is not None:
                return found
            if await self.pause(wait):
                return None

    async def _try(self, pod_uid: str, container: Mapping[str, Any]) -> tuple[StandIn | None, float]:
        """(the stand-in, or None and the seconds until the next try)."""
        name = str(container["image"])
        policy = container.get("imagePullPolicy", "IfNotPresent")
        try:
            reference = images.parse(name)
        except images.InvalidImageName as error:
            text = images.apply_default_tag_error(name, error)
            return self._refuse("InvalidImageName", "InspectFailed", text)
        present = self.node.images.find(reference)
        if present is not None and policy != "Always":
            self.event("Normal", "Pulled", f'Container image "{name}" already present on machine')
            return present, 0.0
        if policy == "Never":
            text = f'Container image "{name}" is not present with pull policy of Never'
            return self._refuse("ErrImageNeverPull", "ErrImageNeverPull", text)
        return await self._pull(f"{pod_uid}_{name}", name, reference)

    async def _pull(self, key: str, name: str, reference: images.Reference) -> tuple[StandIn | None, float]:
        now = self.node.clock.now()
        last = self._last_pull(key)
        remaining = self.node.pulls.remaining(key, last[0], now) if last else 0.0
        if last and remaining:
            text = f'Back-off pulling image "{name}"'
            self.event("Normal", "BackOff", text)
            self.event("Warning", "Failed", "Error: ImagePullBackOff")
            self._wait("ImagePullBackOff", f"{text}: ErrImagePull: {last[1]}")
            return None, min(remaining, SYNC_SECONDS)
        self.event("Normal", "Pulling", f'Pulling image "{name}"')
        await self.pause(PULL_SECONDS)
        try:
            found = self.node.images.pull(reference)
        except PullFailed as error:
            now = self.node.clock.now()
            self.node.pulls.next(key, now, now)
            self._remember(key, now, str(error))
            self.event("Warning", "Failed", f'Failed to pull image "{name}": {error}')
            self.event("Warning", "Failed", "Error: ErrImagePull")
            self._wait("ErrImagePull", str(error))
            return None, ERROR_SHOWN_SECONDS
        took = f"{PULL_SECONDS * 1000:.0f}ms"
        size = f"Image size: {found.size} bytes."
        self.event(
            "Normal", "Pulled", f'Successfully pulled image "{name}" in {took} ({took} including waiting). {size}'
        )
        return found, 0.0

    def _refuse(self, reason: str, event: str, text: str) -> tuple[None, float]:
        self.event("Warning", event, text)
        self.event("Warning", "Failed", f"Error: {reason}")
        self._wait(reason, text)
        return None, SYNC_SECONDS

    def _wait(self, reason: str, message: str) -> None:
        self.record.state = waiting(reason, message)
        self.publish()

    def _last_pull(self, key: str) -> tuple[float, str] | None:
        return self.node.failed_pulls.get(key)

    def _remember(self, key: str, now: float, text: str) -> None:
        self.node.failed_pulls[key] = (now, text)
