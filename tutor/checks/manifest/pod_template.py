"""The parts of a workload's pod template in a learner's file, whatever shape the file has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tutor.checks.say import Say, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path

TEMPLATE: Path = ("spec", "template")
POD: Path = (*TEMPLATE, "spec")
CONTAINERS: Path = (*POD, "containers")
LABELS: Path = (*TEMPLATE, "metadata", "labels")
WORKLOADS = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"})


def containers(document: Document) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, container) of each entry of the list that is a mapping."""
    found = document.get(*CONTAINERS)
    entries = found if isinstance(found, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, Mapping)]


def find_container(document: Document, name: str) -> tuple[int | None, Mapping[str, Any]]:
    """(index, container) of the container of that name in the pod template; (None, {}) where there is none."""
    return next(((index, entry) for index, entry in containers(document) if entry.get("name") == name), (None, {}))


def no_container(say: Say, document: Document, name: str) -> list[Finding]:
    """A rule about a container that is not there: its name is another rule's."""
    names = ", ".join(str(entry.get("name") or "one without a name") for _, entry in containers(document))
    return say.failed(
        f"The Deployment {document.name} has no container {name}.",
        found=names or "no containers",
        expected=name,
        hint=f"Give the container the name {name} first.",
        **place(document, CONTAINERS, key=True),
    )


def container_ports(container: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, port) of each port that a container declares."""
    found = container.get("ports")
    entries = found if isinstance(found, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, Mapping)]


def named_ports(document: Document, protocol: str = "TCP") -> dict[str, tuple[Any, Path]]:
    """Name of a port of the pod → (its containerPort, where it stands). The first of a name counts."""
    found: dict[str, tuple[Any, Path]] = {}
    for index, container in containers(document):
        for number, port in container_ports(container):
            name = port.get("name")
            if isinstance(name, str) and (port.get("protocol") or "TCP") == protocol:
                found.setdefault(name, (port.get("containerPort"), (*CONTAINERS, index, "ports", number)))
    return found


def labels_path(document: Document) -> Path:
    """Where the labels of a document's pods stand."""
    return ("metadata", "labels") if document.kind == "Pod" else LABELS


def pod_labels(document: Document) -> dict[str, str]:
    """The labels that the document's pods get."""
    return as_labels(document.get(*labels_path(document)))


def as_labels(value: Any) -> dict[str, str]:
    """A mapping of labels with what is a text in them; a key without a value has the empty text, as the API has it."""
    if not isinstance(value, Mapping):
        return {}
    return {str(k): v or "" for k, v in value.items() if v is None or isinstance(v, str)}


def label_text(labels: Mapping[str, str]) -> str:
    """ "app=user, tier=back"."""
    return ", ".join(f"{key}={value}" for key, value in labels.items())


def pods_of_files(documents: Iterator[Document]) -> Iterator[Document]:
    """The documents that pods come from."""
    return (document for document in documents if document.kind in WORKLOADS or document.kind == "Pod")
