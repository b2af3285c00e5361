"""A container says how much CPU it wants to be promised: an autoscaler measures by it."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.checks.input import CheckInput
from tutor.checks.manifest.pod_template import CONTAINERS, POD, containers, find_container, no_container
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, documents, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path
from tutor.kube.quantities import parse_quantity

SAY = Say("cpu-request", "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/")


@rule("cpu-request", Level.MANIFEST, {"deployment": str, "container": str})
def cpu_request(given: CheckInput) -> list[Finding]:
    """The container requests CPU, so that its use can be told as a share of that."""
    deployment, container = str(given.params["deployment"]), str(given.params["container"])
    document = find_document(given, "Deployment", deployment)
    if document is None:
        return SAY.undefined(given, "Deployment", deployment)
    index, _ = find_container(document, container)
    if index is None:
        return no_container(SAY, document, container)
    if (path := _request(document, POD)) is not None:
        # Of the whole pod: the autoscaler of Kubernetes 1.34 and newer measures by that, too.
        return _amount(document, path, "pod") or [
            *SAY.passed(f"The pod requests {document.get(*path)} of CPU.", **place(document, path)),
            SAY.note("A request of the whole pod counts from Kubernetes 1.34 on.", **place(document, path)),
        ]
    found: list[Finding] = []
    alone = _measured_alone(given, container)
    for number, entry in containers(document):
        if alone and number != index:
            continue
        name, here = str(entry.get("name") or number), (*CONTAINERS, number)
        if (path := _request(document, here)) is not None:
            found.extend(_amount(document, path, name))
        else:
            found.extend(_nothing(document, here, name, asked=number == index))
    path = _request(document, (*CONTAINERS, index))
    assert found or path is not None
    return found or SAY.passed(
        f"The container {container} requests {document.get(*(path or ()))} of CPU.", **place(document, path or ())
    )


def _measured_alone(given: CheckInput, container: str) -> bool:
    """Whether an autoscaler of the files looks at this container and not at the whole pod."""
    metrics = (d.get("spec", "metrics") for d in documents(given) if d.kind == "HorizontalPodAutoscaler")
    return any(
        isinstance(metric, Mapping)
        and metric.get("type") == "ContainerResource"
        and (metric.get("containerResource") or {}).get("container") == container
        for listed in metrics
        for metric in (listed if isinstance(listed, list) else [])
    )


def _request(document: Document, here: Path) -> Path | None:
    """Where the request stands. A limit without a request is a request, too: the API server fills it in."""
    for part in ("requests", "limits"):
        if document.get(*here, "resources", part, "cpu") is not None:
            return (*here, "resources", part, "cpu")
    return None


def _nothing(document: Document, here: Path, name: str, *, asked: bool) -> list[Finding]:
    message = (
        f"The container {name} requests no CPU, so an autoscaler has nothing to measure by."
        if asked
        else f"The container {name} requests no CPU, and an autoscaler measures a pod only when all its containers do."
    )
    return SAY.failed(
        message,
        found="no resources.requests.cpu",
        expected="resources.requests.cpu, such as 100m",
        hint="Add resources to the container, at the depth of its image: requests, and in it cpu.",
        **place(document, (*here, "resources", "requests", "cpu"), key=True),
    )


def _amount(document: Document, path: Path, name: str) -> list[Finding]:
    value = document.get(*path)
    try:
        amount = parse_quantity(value)
    except (ValueError, TypeError):
        amount = None
    if amount is not None and amount > 0:
        return []
    return SAY.failed(
        f"{value!r} is no amount of CPU that a share can be taken of.",
        found=str(value),
        expected="100m (a tenth of a core), or 0.1",
        hint=f"Write an amount above nothing for {name}.",
        **place(document, path),
    )
