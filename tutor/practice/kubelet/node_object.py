"""The Node object of this machine: what `kubectl get nodes` and `describe node` show."""

from __future__ import annotations

import os
import platform
from typing import Any

import psutil

from tutor.kube.times import format_unix
from tutor.practice.kubelet.images import Images

KUBELET_VERSION = "v1.34.2"
POD_CIDR = "10.244.0.0/24"
_MOST_PODS = "110"
_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def node_object(name: str, address: str, now: float, images: Images, *, boot_id: str = "") -> dict[str, Any]:
    """With status; `now` in Unix seconds."""
    time = format_unix(now)
    resources = {
        "cpu": str(os.cpu_count() or 1),
        "ephemeral-storage": "65536Mi",
        "memory": f"{psutil.virtual_memory().total // 1024}Ki",
        "pods": _MOST_PODS,
    }
    machine = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}.get(
        platform.machine(), platform.machine().lower()
    )
    labels = {
        "beta.kubernetes.io/arch": machine,
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": machine,
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node-role.kubernetes.io/control-plane": "",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"podCIDR": POD_CIDR, "podCIDRs": [POD_CIDR]},
        "status": {
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "allocatable": resources,
            "capacity": resources,
            "conditions": [
                {
                    "type": kind,
                    "status": status,
                    "lastHeartbeatTime": time,
                    "lastTransitionTime": time,
                    "reason": reason,
                    "message": message,
                }
                for kind, status, reason, message in _CONDITIONS
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "images": [{"names": list(names), "sizeBytes": size} for names, size in images.names()],
            "nodeInfo": {
                "architecture": machine,
                "bootID": boot_id,
                "containerRuntimeVersion": "containerd://1.6.20",
                "kernelVersion": platform.release(),
                "kubeProxyVersion": "",
                "kubeletVersion": KUBELET_VERSION,
                "machineID": "",
                "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 12 (bookworm)",
                "systemUUID": "",
            },
        },
    }
