"""`kubectl describe service`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.describing import Page, annotation_lines, events, labels, map_text
from tutor.cli.little_kubectl.event_list import events_of

MOST = 3
"""Endpoints that are named; kubectl counts the rest."""


async def service_page(ask: Ask, service: dict[str, Any], now: float) -> str:
    page = Page()
    spec, metadata = service["spec"], service["metadata"]
    selector = f"kubernetes.io/service-name={metadata['name']}"
    slices = await ask.objects(await ask.resource("endpointslices"), labelSelector=selector)
    page.line(f"Name:\t{metadata['name']}")
    page.line(f"Namespace:\t{metadata['namespace']}")
    labels(page, "Labels", metadata.get("labels"))
    annotation_lines(page, metadata.get("annotations"))
    page.line(f"Selector:\t{map_text(spec.get('selector'))}")
    page.line(f"Type:\t{spec.get('type', 'ClusterIP')}")
    if spec.get("ipFamilyPolicy"):
        page.line(f"IP Family Policy:\t{spec['ipFamilyPolicy']}")
    page.line(f"IP Families:\t{','.join(spec.get('ipFamilies') or []) or '<none>'}")
    page.line(f"IP:\t{spec.get('clusterIP', '')}")
    page.line(f"IPs:\t{','.join(spec.get('clusterIPs') or []) or '<none>'}")
    if spec.get("externalIPs"):
        page.line(f"External IPs:\t{','.join(spec['externalIPs'])}")
    if spec.get("loadBalancerIP"):
        page.line(f"Desired LoadBalancer IP:\t{spec['loadBalancerIP']}")
    if spec.get("externalName"):
        page.line(f"External Name:\t{spec['externalName']}")
    if ingress := ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress"):
        texts = [str(one.get("ip") or one.get("hostname") or "") for one in ingress]
        modes = [f" ({one['ipMode']})" if one.get("ipMode") else "" for one in ingress]
        page.line(f"LoadBalancer Ingress:\t{', '.join(map(''.join, zip(texts, modes, strict=True)))}")
    for port in spec.get("ports") or []:
        _port(page, port, slices)
    page.line(f"Session Affinity:\t{spec.get('sessionAffinity', 'None')}")
    if spec.get("externalTrafficPolicy"):
        page.line(f"External Traffic Policy:\t{spec['externalTrafficPolicy']}")
    if spec.get("internalTrafficPolicy"):
        page.line(f"Internal Traffic Policy:\t{spec['internalTrafficPolicy']}")
    events(page, await events_of(ask, service), now)
    return page.text()


def _port(page: Page, port: Mapping[str, Any], slices: Sequence[Mapping[str, Any]]) -> None:
    name, protocol = port.get("name") or "<unset>", port.get("protocol", "TCP")
    page.line(f"Port:\t{name}\t{port['port']}/{protocol}")
    page.line(f"TargetPort:\t{port.get('targetPort', port['port'])}/{protocol}")
    if port.get("nodePort"):
        page.line(f"NodePort:\t{name}\t{port['nodePort']}/{protocol}")
    page.line(f"Endpoints:\t{_endpoints(slices, port.get('name') or '')}")


def _endpoints(slices: Sequence[Mapping[str, Any]], name: str) -> str:
    """The ready endpoints of a port."""
    if not slices:
        return "<none>"
    found = []
    for one in slices:
        for port in one.get("ports") or []:
            if (port.get("name") or "") != name:
                continue
            for endpoint in one.get("endpoints") or []:
                if (endpoint.get("conditions") or {}).get("ready") is False:
                    continue
                for address in endpoint.get("addresses") or []:
                    text = f"[{address}]" if ":" in address else address
                    found.append(f"{text}:{port.get('port')}")
    if len(found) > MOST:
        return f"{','.join(found[:MOST])} + {len(found) - MOST} more..."
    return ",".join(found)
