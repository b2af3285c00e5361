"""A Service takes requests on the port that callers use, and hands them to the port where the program listens."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.manifest.pod_template import named_ports
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, documents, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path

SAY = Say("service-port", "https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports")
PORTS: Path = ("spec", "ports")
NODE_PORTS = range(30000, 32768)
"""What a cluster hands out unless its administrator says otherwise. Source: kubernetes.io, Service, type NodePort."""


@rule("service-port", Level.MANIFEST, {"service": str, "deployment": str, "port": int, "target": int})
def service_port(given: CheckInput) -> list[Finding]:
    """The Service has the port that callers use, and its targetPort is where the program listens."""
    name, wanted = str(given.params["service"]), int(given.params["port"])
    service = find_document(given, "Service", name)
    if service is None:
        return SAY.undefined(given, "Service", name)
    ports = service.get(*PORTS)
    if not isinstance(ports, list) or not ports:
        return _no_ports(service, wanted)
    entries = [(index, port) for index, port in enumerate(ports) if isinstance(port, Mapping)]
    here = next(((index, port) for index, port in entries if port.get("port") == wanted), None)
    if here is None:
        return _other_port(service, entries, wanted, int(given.params["target"]))
    index, port = here
    findings = [*_target(given, service, index, port), *_node_port(given, service, entries)]
    return findings or SAY.passed(
        f"The Service {name} takes requests on {wanted} and hands them to port {given.params['target']} of the pod.",
        **place(service, (*PORTS, index)),
    )


def _no_ports(service: Document, wanted: int) -> list[Finding]:
    return SAY.failed(
        f"The Service {service.name} has no ports.",
        found="no ports",
        expected=f"spec.ports with port {wanted}",
        hint=f"Under spec write ports:, in it - port: {wanted}",
        **place(service, PORTS, key=True),
    )


def _other_port(
    service: Document, entries: list[tuple[int, Mapping[str, Any]]], wanted: int, target: int
) -> list[Finding]:
    found = ", ".join(str(port.get("port")) for _, port in entries)
    at = next((index for index, port in entries if port.get("targetPort") == target), 0)
    return SAY.failed(
        f"The Service {service.name} takes requests on port {found}, and its callers use {wanted}.",
        found=found,
        expected=str(wanted),
        hint=f"Write port: {wanted}. port is the Service's own; targetPort is the pod's.",
        **place(service, (*PORTS, at, "port")),
    )


def _target(given: CheckInput, service: Document, index: int, port: Mapping[str, Any]) -> list[Finding]:
    wanted = int(given.params["target"])
    protocol = port.get("protocol") or "TCP"
    if protocol != "TCP":
        return SAY.failed(
            f"The port speaks {protocol}, and the program TCP.",
            found=str(protocol),
            expected="TCP",
            hint="Remove the line protocol:; TCP is the default.",
            **place(service, (*PORTS, index, "protocol")),
        )
    path: Path = (*PORTS, index, "targetPort")
    target = port.get("targetPort")
    if target in (None, "", 0):
        target, path = port.get("port"), (*PORTS, index, "port")
    if target == wanted:
        return []
    if isinstance(target, str):
        return _named(given, service, path, target, wanted)
    return SAY.failed(
        f"The Service {service.name} hands its requests to port {target} of the pod, and the program listens"
        f" on {wanted}.",
        found=str(target),
        expected=str(wanted),
        hint=f"Write targetPort: {wanted}",
        **place(service, path),
    )


def _named(given: CheckInput, service: Document, path: Path, target: str, wanted: int) -> list[Finding]:
    deployment = str(given.params["deployment"])
    document = find_document(given, "Deployment", deployment)
    if document is None:
        return SAY.undefined(given, "Deployment", deployment)
    names = named_ports(document)
    if target not in names:
        near = get_close_matches(target, list(names), 1, 0.6)
        there = f"it has {', '.join(names)}" if names else "its ports have no names"
        return SAY.failed(
            f'No port of {deployment} has the name "{target}" that targetPort refers to: {there}.',
            found=target,
            expected=near[0] if near else str(wanted),
            hint="Write the same name at the containerPort (name:) and here, or the number here.",
            **place(service, path),
        )
    number, declared = names[target]
    if number == wanted:
        return []
    return SAY.failed(
        f'targetPort refers to the port "{target}" of {deployment}, which is {number}, and the program listens on'
        f" {wanted}.",
        found=str(number),
        expected=str(wanted),
        hint=f"Write containerPort: {wanted}",
        **place(document, (*declared, "containerPort")),
    )


def _node_port(given: CheckInput, service: Document, entries: list[tuple[int, Mapping[str, Any]]]) -> list[Finding]:
    """A nodePort that the cluster will not hand out: its dry run does not look at that."""
    taken = {
        port.get("nodePort"): other
        for other in documents(given)
        if other.kind == "Service" and (other.name, other.namespace) != (service.name, service.namespace)
        for port in _entries(other)
        if port.get("nodePort")
    }
    found: list[Finding] = []
    for index, port in entries:
        number = port.get("nodePort")
        if not isinstance(number, int) or not number:
            continue
        other = taken.get(number)
        if other is not None:
            message = f"The nodePort {number} is taken by the Service {other.name} ({other.file})."
            hint = "Choose another number, or leave the line out: then the cluster picks a free one."
        elif number not in NODE_PORTS:
            message = f"The nodePort {number} is out of the range that a cluster hands out."
            hint = "Choose a number of that range, or leave the line out: then the cluster picks one."
        else:
            continue
        found.extend(
            SAY.failed(
                message,
                found=str(number),
                expected="a number from 30000 to 32767 that no other Service has",
                hint=hint,
                **place(service, (*PORTS, index, "nodePort")),
            )
        )
    return found


def _entries(service: Document) -> list[Mapping[str, Any]]:
    ports = service.get(*PORTS)
    return [port for port in ports if isinstance(port, Mapping)] if isinstance(ports, list) else []
