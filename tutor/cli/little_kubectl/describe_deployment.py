"""`kubectl describe deployment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.describe_template import containers, tolerations, volumes
from tutor.cli.little_kubectl.describing import Page, annotation_lines, events, labels, map_text, moment, selector_text
from tutor.cli.little_kubectl.event_list import events_of
from tutor.cli.little_kubectl.replica_sets import of_deployment


async def deployment_page(ask: Ask, deployment: dict[str, Any], now: float) -> str:
    page = Page()
    spec, status, metadata = deployment["spec"], deployment.get("status") or {}, deployment["metadata"]
    page.line(f"Name:\t{metadata['name']}")
    page.line(f"Namespace:\t{metadata['namespace']}")
    page.line(f"CreationTimestamp:\t{moment(metadata['creationTimestamp'])}")
    labels(page, "Labels", metadata.get("labels"))
    annotation_lines(page, metadata.get("annotations"))
    page.line(f"Selector:\t{selector_text(spec.get('selector'))}")
    counts = [
        status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas", "unavailableReplicas")
    ]
    page.line(
        f"Replicas:\t{spec.get('replicas', 1)} desired | {counts[0]} updated | {counts[1]} total |"
        f" {counts[2]} available | {counts[3]} unavailable"
    )
    strategy = spec.get("strategy") or {}
    page.line(f"StrategyType:\t{strategy.get('type', '')}")
    page.line(f"MinReadySeconds:\t{spec.get('minReadySeconds', 0)}")
    if rolling := strategy.get("rollingUpdate"):
        least, most = rolling.get("maxUnavailable"), rolling.get("maxSurge")
        page.line(f"RollingUpdateStrategy:\t{least} max unavailable, {most} max surge")
    template_lines(page, spec["template"])
    if conditions := status.get("conditions"):
        page.line("Conditions:")
        page.line("Type\tStatus\tReason", 1)
        page.line("----\t------\t------", 1)
        for one in conditions:
            page.line(f"{one['type']} \t{one['status']}\t{one.get('reason', '')}", 1)
    old, new = await of_deployment(ask, deployment)
    page.line(f"OldReplicaSets:\t{', '.join(map(_created, old)) or '<none>'}")
    page.line(f"NewReplicaSet:\t{_created(new) if new else '<none>'}")
    events(page, await events_of(ask, deployment), now)
    return page.text()


def template_lines(page: Page, template: Mapping[str, Any]) -> None:
    """The pod template, as `describe` and `rollout history --revision` show it."""
    page.line("Pod Template:")
    metadata, spec = template.get("metadata") or {}, template["spec"]
    labels(page, "Labels", metadata.get("labels"), 1)
    if metadata.get("annotations"):
        labels(page, "Annotations", metadata["annotations"], 1, ": ")
    if spec.get("serviceAccountName"):
        page.line(f"Service Account:\t{spec['serviceAccountName']}", 1)
    if spec.get("initContainers"):
        containers(page, "Init Containers", spec["initContainers"], None, 1)
    containers(page, "Containers", spec["containers"], None, 1)
    volumes(page, spec.get("volumes") or [], 1)
    page.line(f"Node-Selectors:\t{map_text(spec.get('nodeSelector'))}", 1)
    tolerations(page, spec.get("tolerations") or [], 1)


def _created(replica_set: Mapping[str, Any]) -> str:
    status, wanted = replica_set.get("status") or {}, replica_set["spec"].get("replicas", 0)
    return f"{replica_set['metadata']['name']} ({status.get('replicas', 0)}/{wanted} replicas created)"
