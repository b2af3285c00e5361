"""A HorizontalPodAutoscaler that can act: the right target, room between its bounds, and a measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document

SAY = Say("autoscaler", "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/")


@rule("autoscaler", Level.MANIFEST, {"name": str, "deployment": str})
def autoscaler(given: CheckInput) -> list[Finding]:
    """The autoscaler scales the Deployment, between two bounds, by its use of CPU."""
    name, deployment = str(given.params["name"]), str(given.params["deployment"])
    document = find_document(given, "HorizontalPodAutoscaler", name)
    if document is None:
        return SAY.undefined(given, "HorizontalPodAutoscaler", name)
    findings = [*_target(document, deployment), *_bounds(document), *_measure(document)]
    return findings or SAY.passed(f"The autoscaler {name} can scale {deployment}.", file=document.file)


def _target(document: Document, deployment: str) -> list[Finding]:
    target = document.get("spec", "scaleTargetRef")
    found = target if isinstance(target, Mapping) else {}
    group, kind, name = str(found.get("apiVersion", "")).partition("/")[0], found.get("kind"), found.get("name")
    if (group, kind, name) == ("apps", "Deployment", deployment):
        return []
    field = "kind" if kind != "Deployment" else "name" if name != deployment else "apiVersion"
    if field == "apiVersion":
        # The version behind the slash may be any: the cluster looks for the group and the kind (tried with v1.34.2).
        message = f"The autoscaler looks for the Deployment in the group {group or 'v1'}, and Deployments are in apps."
    else:
        message = f"The autoscaler does not point at the Deployment {deployment}."
    return SAY.failed(
        message,
        found=f"{found.get('apiVersion', 'no apiVersion')} {kind or 'no kind'} {name or 'no name'}",
        expected=f"apps/v1 Deployment {deployment}",
        hint="scaleTargetRef has the apiVersion, kind and name of what is scaled.",
        **place(document, ("spec", "scaleTargetRef", field), key=field not in found),
    )


def _bounds(document: Document) -> list[Finding]:
    most, least = document.get("spec", "maxReplicas"), document.get("spec", "minReplicas")
    least = 1 if least is None else least
    if not _whole(most):
        return SAY.failed(
            "The autoscaler has no upper bound.",
            found="no maxReplicas" if most is None else repr(most),
            expected="maxReplicas, such as 5",
            hint="Write maxReplicas: 5 under spec.",
            **place(document, ("spec", "maxReplicas"), key=most is None),
        )
    if not _whole(least) or least >= most:
        return SAY.failed(
            "There is no room between the autoscaler's bounds, so it can never change anything.",
            found=f"from {least} to {most}",
            expected="minReplicas below maxReplicas",
            hint="Write a smaller minReplicas or a larger maxReplicas.",
            **place(document, ("spec", "minReplicas")),
        )
    return []


def _measure(document: Document) -> list[Finding]:
    metrics = document.get("spec", "metrics")
    if document.api_version == "autoscaling/v1" or metrics is None or metrics == []:
        # v1 knows CPU alone, and without a measure the API server fills in 80 % of the requested CPU.
        return []
    if any(_is_cpu(metric) for metric in (metrics if isinstance(metrics, list) else [])):
        return []
    names = [
        (index, document.get("spec", "metrics", index, "resource", "name"))
        for index in range(len(metrics) if isinstance(metrics, list) else 0)
    ]
    for index, name in names:
        if isinstance(name, str) and name != "cpu":
            return SAY.failed(
                f"The autoscaler looks at {name}, and not at the use of CPU.",
                found=name,
                expected="cpu",
                hint="Write name: cpu in resource.",
                **place(document, ("spec", "metrics", index, "resource", "name")),
            )
    return SAY.failed(
        "The autoscaler does not look at the use of CPU.",
        expected="type: Resource, with resource.name cpu and a target of type Utilization and averageUtilization",
        hint="metrics is a list; its element has a type, and a field of the same name in small letters.",
        **place(document, ("spec", "metrics"), key=True),
    )


def _is_cpu(metric: Any) -> bool:
    if not isinstance(metric, Mapping):
        return False
    source = metric.get("resource") if metric.get("type") == "Resource" else metric.get("containerResource")
    if not isinstance(source, Mapping) or source.get("name") != "cpu":
        return False
    target = source.get("target")
    if not isinstance(target, Mapping):
        return False
    return _whole(target.get("averageUtilization")) or target.get("averageValue") is not None


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
