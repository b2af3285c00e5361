"""A container says how much CPU it wants to be promised: an autoscaler measures by it."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.manifest.pod_template import CONTAINERS, find_container
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.kube.quantities import parse_quantity

SAY = Say("cpu-request", "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/")


@rule("cpu-request", Level.MANIFEST, {"deployment": str, "container": str})
def cpu_request(given: CheckInput) -> list[Finding]:
    """The container requests CPU, so that its use can be told as a share of that."""
    deployment, container = str(given.params["deployment"]), str(given.params["container"])
    document = find_document(given, "Deployment", deployment)
    if document is None:
        return SAY.failed(f"No file defines the Deployment {deployment}.")
    index, _ = find_container(document, container)
    if index is None:
        return SAY.failed(f"The Deployment {deployment} has no container {container}.", **place(document, CONTAINERS))
    here = (*CONTAINERS, index)
    # A limit without a request is a request, too: the API server fills it in.
    path = next(
        (
            (*here, "resources", part, "cpu")
            for part in ("requests", "limits")
            if document.get(*here, "resources", part, "cpu") is not None
        ),
        None,
    )
    if path is None:
        return SAY.failed(
            f"The container {container} requests no CPU, so an autoscaler has nothing to measure by.",
            found="no resources.requests.cpu",
            expected="resources.requests.cpu, such as 100m",
            hint="Add resources to the container, at the depth of its image: requests, and in it cpu.",
            **place(document, here),
        )
    value = document.get(*path)
    try:
        amount = parse_quantity(value)
    except (ValueError, TypeError):
        amount = None
    if amount is None or amount <= 0:
        return SAY.failed(
            f"{value!r} is no amount of CPU that a share can be taken of.",
            found=str(value),
            expected="100m (a tenth of a core), or 0.1",
            **place(document, path),
        )
    return SAY.passed(f"The container {container} requests {value} of CPU.", **place(document, path))
