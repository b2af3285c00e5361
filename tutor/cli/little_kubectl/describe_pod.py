"""`kubectl describe pod`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.describe_template import containers, tolerations, volumes
from tutor.cli.little_kubectl.describing import Page, annotation_lines, events, labels, map_text, moment
from tutor.cli.little_kubectl.event_list import events_of


async def pod_page(ask: Ask, pod: dict[str, Any], now: float) -> str:
    """`now` in Unix seconds."""
    page = Page()
    spec, status, metadata = pod["spec"], pod.get("status") or {}, pod["metadata"]
    page.line(f"Name:\t{metadata['name']}")
    page.line(f"Namespace:\t{metadata['namespace']}")
    if spec.get("priority") is not None:
        page.line(f"Priority:\t{spec['priority']}")
        if spec.get("priorityClassName"):
            page.line(f"Priority Class Name:\t{spec['priorityClassName']}")
    if spec.get("serviceAccountName"):
        page.line(f"Service Account:\t{spec['serviceAccountName']}")
    page.line(f"Node:\t{spec['nodeName'] + '/' + status.get('hostIP', '') if spec.get('nodeName') else '<none>'}")
    if status.get("startTime"):
        page.line(f"Start Time:\t{moment(status['startTime'])}")
    labels(page, "Labels", metadata.get("labels"))
    annotation_lines(page, metadata.get("annotations"))
    _status(page, pod, now)
    page.line(f"IP:\t{status.get('podIP', '')}")
    ips = status.get("podIPs") or []
    page.line("IPs:" + ("" if ips else "\t<none>"))
    for one in ips:
        page.line(f"IP:\t{one['ip']}", 1)
    owner = next((one for one in metadata.get("ownerReferences") or [] if one.get("controller")), None)
    if owner:
        page.line(f"Controlled By:\t{owner['kind']}/{owner['name']}")
    if spec.get("initContainers"):
        containers(page, "Init Containers", spec["initContainers"], status.get("initContainerStatuses") or [], 0)
    containers(page, "Containers", spec["containers"], status.get("containerStatuses") or [], 0)
    if conditions := status.get("conditions"):
        page.line("Conditions:")
        page.line("Type\tStatus", 1)
        for one in conditions:
            page.line(f"{one['type']} \t{one['status']} ", 1)
    volumes(page, spec.get("volumes") or [], 0)
    page.line(f"QoS Class:\t{status.get('qosClass') or 'BestEffort'}")
    page.line(f"Node-Selectors:\t{map_text(spec.get('nodeSelector'))}")
    tolerations(page, spec.get("tolerations") or [])
    events(page, await events_of(ask, pod), now)
    return page.text()


def _status(page: Page, pod: Mapping[str, Any], now: float) -> None:
    from tutor.kube.times import human_duration, unix

    status, deleted = pod.get("status") or {}, pod["metadata"].get("deletionTimestamp")
    if deleted:
        grace = pod["metadata"].get("deletionGracePeriodSeconds", 0)
        page.line(f"Status:\tTerminating (lasts {human_duration(now - unix(deleted))})")
        page.line(f"Termination Grace Period:\t{grace}s")
    else:
        page.line(f"Status:\t{status.get('phase', '')}")
    for key, word in (("reason", "Reason"), ("message", "Message")):
        if status.get(key):
            page.line(f"{word}:\t{status[key]}")
