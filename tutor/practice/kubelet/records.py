"""What the kubelet knows of a pod's containers while it runs: the source of the pod's status."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tutor.kube.times import format_unix

State = dict[str, Any]


def waiting(reason: str, message: str = "") -> State:
    return {"waiting": {"message": message, "reason": reason} if message else {"reason": reason}}


def running(started_at: float) -> State:
    return {"running": {"startedAt": format_unix(started_at)}}


def terminated(container_id: str, exit_code: int, reason: str, started_at: float, finished_at: float) -> State:
    """`reason`: Completed, Error, OOMKilled, StartError, ContainerStatusUnknown."""
    body: dict[str, Any] = {
        "containerID": container_id,
        "exitCode": exit_code,
        "finishedAt": format_unix(finished_at),
        "reason": reason,
        "startedAt": format_unix(started_at),
    }
    return {"terminated": body}


@dataclass(slots=True)
class ContainerRecord:
    """One container, through its restarts."""

    name: str
    image: str
    init: bool = False
    sidecar: bool = False
    """An init container with restartPolicy Always."""
    state: State = field(default_factory=dict)
    last_state: State = field(default_factory=dict)
    restart_count: int = 0
    container_id: str = ""
    image_id: str = ""
    image_full: str = ""
    """docker.io/homics/gateway:1.0.0, once the container was created."""
    started: bool = False
    ready: bool = False
    finished_at: float = 0.0
    """Unix seconds of the last end, unrounded: back-off counts from it."""

    @property
    def is_running(self) -> bool:
        return "running" in self.state

    @property
    def exit_code(self) -> int | None:
        """Of the current state; None unless it is terminated."""
        body = self.state.get("terminated")
        return None if body is None else int(body["exitCode"])

    def status(self) -> dict[str, Any]:
        """The entry of containerStatuses."""
        result: dict[str, Any] = {"containerID": self.container_id} if self.container_id else {}
        result |= {
            "image": self.image_full or self.image,
            "imageID": self.image_id,
            "lastState": self.last_state,
            "name": self.name,
            "ready": self.ready,
            "restartCount": self.restart_count,
            "started": self.started,
            "state": self.state,
        }
        return result

    def take(self, status: dict[str, Any]) -> None:
        """Continue from a status of before the node's restart."""
        self.state = dict(status.get("state") or {})
        self.last_state = dict(status.get("lastState") or {})
        self.restart_count = int(status.get("restartCount", 0))
        self.container_id = str(status.get("containerID", ""))
        self.image_id = str(status.get("imageID", ""))
        self.image_full = str(status.get("image", "")) if self.image_id else ""
