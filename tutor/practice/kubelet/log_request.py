"""Which log file a `pods/log` request means, and what it is answered where there is none yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tutor.practice.kubelet.errors import bad_request
from tutor.practice.kubelet.records import ContainerRecord


def choose_container(pod: Mapping[str, Any], container: str) -> str:
    """The container's name; the only one where none is given. Raises: KubeletError."""
    spec = pod["spec"]
    mains = [str(c["name"]) for c in spec["containers"]]
    inits = [str(c["name"]) for c in spec.get("initContainers", [])]
    name = str(pod["metadata"]["name"])
    if not container:
        if len(mains) == 1:
            return mains[0]
        choices = f"choose one of: [{' '.join(mains)}]" + (
            f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
        )
        raise bad_request(f"a container name must be specified for pod {name}, {choices}")
    if container not in mains + inits:
        raise bad_request(f"container {container} is not valid for pod {name}")
    return container


def log_file(folder: Path, pod: Mapping[str, Any], record: ContainerRecord, *, previous: bool) -> Path:
    """The file of the current or last run. Raises: KubeletError where the container has not run (before)."""
    metadata = pod["metadata"]
    name = metadata["name"]
    current, last = record.state, record.last_state
    if previous:
        ended = last.get("terminated")
        if not ended or ended.get("reason") == "StartError":
            raise bad_request(f'previous terminated container "{record.name}" in pod "{name}" not found')
        number = record.restart_count - (1 if "waiting" not in current else 0)
        # While it waits for its restart, the last run is the newest there is: the one that it counts still.
    elif "waiting" in current and not last:
        reason = current["waiting"].get("reason", "")
        shown = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
        raise bad_request(f'container "{record.name}" in pod "{name}" is waiting to start: {shown.get(reason, reason)}')
    else:
        number = record.restart_count
    pod_folder = folder / f"{metadata['namespace']}_{name}_{metadata['uid']}"
    return pod_folder / record.name / f"{number}.log"
