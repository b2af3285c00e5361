"""Pods, and the pods of a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.containers import Surroundings, containers, init_containers
from tutor.kube.schema.validation.dns import dns_config, host_aliases
from tutor.kube.schema.validation.field_error import (
    Errors,
    each_invalid,
    forbidden,
    invalid,
    not_supported,
)
from tutor.kube.schema.validation.metadata import annotation_map, labels, new_metadata
from tutor.kube.schema.validation.resources import pod_resources
from tutor.kube.schema.validation.scheduling import affinity, tolerations, topology_spread
from tutor.kube.schema.validation.security import pod_security
from tutor.kube.schema.validation.volumes import volumes

Object = Mapping[str, Any]

RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
MOST_INT32 = 2**31 - 1


def pod(obj: Object) -> Errors:
    """A new pod, or one as it would be after a change."""
    spec = obj.get("spec") or {}
    yield from new_metadata(obj, texts.dns_subdomain)
    yield from pod_spec(spec, ("spec",), is_pod=True)
    yield from _no_spaces_around(spec)


def new_pod(obj: Object) -> Errors:
    yield from pod(obj)
    spec = obj.get("spec") or {}
    if spec.get("ephemeralContainers"):
        yield forbidden(("spec", "ephemeralContainers"), "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield forbidden(("spec", "nodeName"), "cannot be set until all schedulingGates have been cleared")


def _no_spaces_around(spec: Object) -> Errors:
    """Pods alone: a template may have such an image, its pods then may not."""
    for name in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(name) or []):
            image = container.get("image", "")
            if image != image.strip():
                yield invalid(("spec", name, index, "image"), image, "must not have leading or trailing whitespace")


def pod_template(template: Object, at: Path) -> Errors:
    """The API server leaves out "metadata" in the names of these fields."""
    metadata = template.get("metadata") or {}
    yield from labels(metadata.get("labels"), (*at, "labels"))
    yield from annotation_map(metadata.get("annotations"), (*at, "annotations"))
    yield from pod_spec(template.get("spec") or {}, (*at, "spec"), is_pod=False)
    if (template.get("spec") or {}).get("ephemeralContainers"):
        yield forbidden((*at, "spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template")


def pod_spec(spec: Object, at: Path, *, is_pod: bool) -> Errors:
    names, errors = volumes(spec, at)
    yield from errors
    restart_policy = spec.get("restartPolicy", "")
    around = Surroundings(names, spec.get("terminationGracePeriodSeconds"), restart_policy)
    yield from containers(spec, around, at)
    yield from init_containers(spec, around, at)
    yield from pod_resources(spec, at)
    if spec.get("hostNetwork"):
        yield from _host_network_ports(spec, at, is_pod=is_pod)
    if restart_policy not in RESTART_POLICIES:
        yield not_supported((*at, "restartPolicy"), restart_policy, RESTART_POLICIES)
    if spec.get("dnsPolicy", "") not in DNS_POLICIES:
        yield not_supported((*at, "dnsPolicy"), spec.get("dnsPolicy", ""), DNS_POLICIES)
    yield from labels(spec.get("nodeSelector"), (*at, "nodeSelector"))
    yield from pod_security(spec.get("securityContext"), (*at, "securityContext"))
    yield from affinity(spec.get("affinity"), (*at, "affinity"))
    yield from dns_config(spec, (*at, "dnsConfig"))
    for index, gate in enumerate(spec.get("readinessGates") or []):
        kind = gate.get("conditionType", "")
        yield from each_invalid((*at, "readinessGates", index, "conditionType"), kind, texts.qualified_name(kind))
    yield from topology_spread(spec.get("topologySpreadConstraints"), (*at, "topologySpreadConstraints"))
    yield from _names(spec, at)
    yield from tolerations(spec.get("tolerations"), (*at, "tolerations"))
    yield from host_aliases(spec.get("hostAliases"), (*at, "hostAliases"))
    for field in ("priorityClassName", "runtimeClassName"):
        if name := spec.get(field):
            yield from each_invalid((*at, field), name, texts.dns_subdomain(name))
    policy = spec.get("preemptionPolicy")
    if policy is not None and policy not in ("PreemptLowerPriority", "Never"):
        yield not_supported((*at, "preemptionPolicy"), policy, ("PreemptLowerPriority", "Never"))


def _names(spec: Object, at: Path) -> Errors:
    for field in ("serviceAccountName", "nodeName"):
        if name := spec.get(field):
            yield from each_invalid((*at, field), name, texts.dns_subdomain(name))
    seconds = spec.get("activeDeadlineSeconds")
    if seconds is not None:
        yield from each_invalid((*at, "activeDeadlineSeconds"), seconds, texts.in_range(seconds, 1, MOST_INT32))
    for field in ("hostname", "subdomain"):
        if name := spec.get(field):
            yield from each_invalid((*at, field), name, texts.dns_label(name))


def _host_network_ports(spec: Object, at: Path, *, is_pod: bool) -> Errors:
    for index, container in enumerate(spec.get("containers") or []):
        for number, port in enumerate(container.get("ports") or []):
            host, own = port.get("hostPort", 0), port.get("containerPort", 0)
            if (is_pod or host) and host != own:
                yield invalid(
                    (*at, "containers", index, "ports", number, "hostPort"),
                    host,
                    "must match `containerPort` when `hostNetwork` is true",
                )
