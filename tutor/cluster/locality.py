"""Is a context a local practice cluster? Judged by its name, its cluster entry and the address of its server.

A context that is merely called minikube and points to a public server is not local: the address has the last word.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from tutor.cluster.kubeconfig import ContextEntry

MINIKUBE_PROVIDER = "minikube.sigs.k8s.io"
THIS_MACHINE = frozenset(
    {"localhost", "kubernetes.docker.internal", "host.docker.internal", "control-plane.minikube.internal"}
)
VM_NETWORKS = tuple(ipaddress.ip_network(text) for text in ("192.168.0.0/16", "172.16.0.0/12", "fd00::/8"))
"""Where the networks of local virtual machines and containers lie; 10.0.0.0/8 is as often a company's."""


@dataclass(frozen=True, slots=True)
class Locality:
    kind: str
    """As in `Target.kind`."""
    remark: str = ""
    """Why a context with a local name is not taken for local."""


def kind_of(entry: ContextEntry) -> Locality:
    """What kind of cluster a context of a learner's kubeconfig is."""
    kind = _kind_by_name(entry)
    if kind == "other":
        return Locality("other")
    near = _near(entry.server)
    if near == "machine" or (near == "vm" and kind != "docker-desktop"):
        return Locality(kind)
    if kind == "minikube" and near == "private" and entry.provider == MINIKUBE_PROVIDER:
        return Locality(kind)
    return Locality(
        "other",
        f'The context "{entry.name}" is named like a local cluster, but its server {entry.server} is not on this'
        " machine, so nothing is changed there unless you name it with --context.",
    )


def _kind_by_name(entry: ContextEntry) -> str:
    if entry.provider == MINIKUBE_PROVIDER or "minikube" in (entry.name, entry.cluster):
        return "minikube"
    if entry.cluster.startswith("kind-") or entry.name.startswith("kind-"):
        return "kind"
    if entry.cluster.startswith("k3d-") or entry.name.startswith("k3d-"):
        return "k3d"
    if entry.cluster in ("docker-desktop", "docker-for-desktop-cluster") or entry.name in (
        "docker-desktop",
        "docker-for-desktop",
    ):
        return "docker-desktop"
    return "other"


def _near(server: str) -> str:
    """ "machine", "vm", "private" or "public"."""
    host, _ = address_of(server)
    if host.lower() in THIS_MACHINE:
        return "machine"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "public"
    if address.is_loopback or address.is_unspecified:
        return "machine"
    if any(address.version == network.version and address in network for network in VM_NETWORKS):
        return "vm"
    return "private" if address.is_private else "public"


def address_of(server: str) -> tuple[str, int]:
    """(host, port) of a server's URL; ("", 0) where it is none."""
    try:
        parts = urlsplit(server if "://" in server else f"https://{server}")
        return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        return "", 0
