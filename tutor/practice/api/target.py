"""What a URL path names."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.practice.api.resources import RESOURCES, Resource


@dataclass(frozen=True, slots=True)
class Target:
    """`namespace` "" : cluster-scoped, or all namespaces; `name` "": the collection; `rest`: after a proxy subresource,
    with its leading slash."""

    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""


def parse_target(path: str) -> Target | None:
    """None where the path is no resource's."""
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) > 2:
        group, version, parts = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, parts = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 2 and (group, version, parts[2]) in RESOURCES:
        namespace, parts = parts[1], parts[2:]
    resource = RESOURCES.get((group, version, parts[0]))
    if resource is None or bool(namespace) > resource.namespaced:
        return None
    name, subresource = (*parts[1:3], "", "")[:2]
    if name and resource.namespaced and not namespace:
        return None
    rest = "/" + "/".join(path.lstrip("/").split("/")[_depth(path, parts) :]) if len(parts) > 3 else ""
    if rest and subresource != "proxy":
        return None
    if subresource == "proxy" and path.endswith("/") and not rest:
        rest = "/"
    return Target(resource, namespace, name, subresource, rest)


def _depth(path: str, parts: list[str]) -> int:
    """The number of segments before what follows the subresource."""
    return len(path.strip("/").split("/")) - len(parts) + 3
