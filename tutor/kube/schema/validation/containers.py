"""Containers and init containers of a pod or pod template."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.environment import environment
from tutor.kube.schema.validation.field_error import (
    Errors,
    duplicate,
    each_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)
from tutor.kube.schema.validation.mounts import volume_mounts
from tutor.kube.schema.validation.probes import container_probes, lifecycle
from tutor.kube.schema.validation.resources import container_resources
from tutor.kube.schema.validation.security import container_security

Object = Mapping[str, Any]

PROTOCOLS = ("SCTP", "TCP", "UDP")
_ONLY_SIDECARS = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a container's fields are judged by."""

    volumes: Set[str]
    """The names of the pod's volumes that are right."""
    grace: int | None
    """Seconds that the pod has to end."""
    restart_policy: str


def containers(spec: Object, around: Surroundings, at: Path) -> Errors:
    here = (*at, "containers")
    found = spec.get("containers") or []
    if not found:
        yield required(here)
        return
    names: set[str] = set()
    for index, container in enumerate(found):
        each = (*here, index)
        yield from _common(container, around, each)
        name = container.get("name", "")
        if name in names:
            yield duplicate((*each, "name"), name)
        names.add(name)
        yield from lifecycle(container.get("lifecycle"), around.grace, (*each, "lifecycle"))
        yield from container_probes(container, around.grace, each)
    yield from _host_ports(found, here)


def init_containers(spec: Object, around: Surroundings, at: Path) -> Errors:
    here = (*at, "initContainers")
    names = {container.get("name", "") for container in spec.get("containers") or []}
    for index, container in enumerate(spec.get("initContainers") or []):
        each = (*here, index)
        yield from _common(container, around, each)
        name = container.get("name", "")
        if name in names:
            yield duplicate((*each, "name"), name)
        elif name:
            names.add(name)
        # They run one after the other, so each may have the same host ports.
        yield from _host_ports([container], here)
        if container.get("restartPolicy") == "Always":
            yield from lifecycle(container.get("lifecycle"), around.grace, (*each, "lifecycle"))
            yield from container_probes(container, around.grace, each)
            continue
        for field in _ONLY_SIDECARS:
            if container.get(field) is not None:
                yield forbidden((*each, field), "may not be set for init containers without restartPolicy=Always")


def _common(container: Object, around: Surroundings, at: Path) -> Errors:
    name = container.get("name", "")
    if name:
        yield from each_invalid((*at, "name"), name, texts.dns_label(name))
    else:
        yield required((*at, "name"))
    if not container.get("image"):
        yield required((*at, "image"))
    policy = container.get("terminationMessagePolicy", "")
    if policy not in ("File", "FallbackToLogsOnError"):
        yield not_supported((*at, "terminationMessagePolicy"), policy, ("File", "FallbackToLogsOnError"))
    yield from _ports(container.get("ports") or [], (*at, "ports"))
    yield from environment(container, at)
    yield from volume_mounts(container, around.volumes, at)
    pull = container.get("imagePullPolicy", "")
    if pull not in ("Always", "IfNotPresent", "Never"):
        yield not_supported((*at, "imagePullPolicy"), pull, ("Always", "IfNotPresent", "Never"))
    yield from container_resources(container, at)
    yield from _resize_policy(container.get("resizePolicy") or [], around.restart_policy, (*at, "resizePolicy"))
    yield from container_security(container.get("securityContext"), (*at, "securityContext"))


def _ports(ports: list[Object], at: Path) -> Errors:
    names: set[str] = set()
    for index, port in enumerate(ports):
        here = (*at, index)
        if name := port.get("name"):
            details = texts.port_name(name)
            yield from each_invalid((*here, "name"), name, details)
            if not details and name in names:
                yield duplicate((*here, "name"), name)
            if not details:
                names.add(name)
        if not port.get("containerPort"):
            yield required((*here, "containerPort"))
        for field in ("containerPort", "hostPort"):
            if number := port.get(field):
                yield from each_invalid((*here, field), number, texts.port_number(number))
        protocol = port.get("protocol", "")
        if protocol not in PROTOCOLS:
            yield not_supported((*here, "protocol"), protocol, PROTOCOLS)


def _host_ports(found: list[Object], at: Path) -> Errors:
    seen: set[str] = set()
    for index, container in enumerate(found):
        for number, port in enumerate(container.get("ports") or []):
            if not port.get("hostPort"):
                continue
            text = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
            if text in seen:
                yield duplicate((*at, index, "ports", number, "hostPort"), text)
            seen.add(text)


def _resize_policy(policies: list[Object], restart_policy: str, at: Path) -> Errors:
    seen: set[str] = set()
    for index, policy in enumerate(policies):
        name, how = policy.get("resourceName", ""), policy.get("restartPolicy", "")
        if name in seen:
            yield duplicate((*at, index), name)
        seen.add(name)
        for value, allowed in ((name, ("cpu", "memory")), (how, ("NotRequired", "RestartContainer"))):
            if not value:
                yield required(at)
            elif value not in allowed:
                yield not_supported(at, value, allowed)
        if restart_policy == "Never" and how != "NotRequired":
            yield invalid(at, how, "must be 'NotRequired' when `restartPolicy` is 'Never'")
