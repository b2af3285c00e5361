"""The container runtime as the kubelet sees it. `process_runtime` runs processes; tests give one that runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tutor.practice.kubelet.images import StandIn
from tutor.practice.kubelet.logs import LogFile


class RunFailed(Exception):
    """The container was created but its command cannot be run: RunContainerError. The text is the runtime's."""


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """What one run of a container needs."""

    namespace: str
    pod: str
    pod_uid: str
    container: str
    address: str
    hostname: str
    stand_in: StandIn
    command: tuple[str, ...] = ()
    """Where it is not the image's own: run by the built-in commands."""
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    working_dir: str = "/"


class Running(Protocol):
    """One run. `wait` may be awaited by several."""

    @property
    def pid(self) -> int: ...

    async def wait(self) -> int:
        """The exit code as a container runtime counts it (128 + signal)."""
        ...

    def terminate(self) -> None:
        """SIGTERM."""
        ...

    def kill(self) -> None: ...


class Runtime(Protocol):
    async def start(self, spec: ContainerSpec, log: LogFile) -> Running:
        """Raises: OSError where the system cannot start a process (memory, process limit)."""
        ...
