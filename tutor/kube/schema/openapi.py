"""The documents of /openapi/v3 as the API server publishes them, trimmed to our resources and without descriptions."""

from __future__ import annotations

import functools
import pkgutil

_PATHS = (
    "api/v1",
    "apis/apps/v1",
    "apis/authentication.k8s.io/v1",
    "apis/authorization.k8s.io/v1",
    "apis/autoscaling/v1",
    "apis/autoscaling/v2",
    "apis/discovery.k8s.io/v1",
    "apis/events.k8s.io/v1",
)


def openapi_paths() -> tuple[str, ...]:
    """The documents that there are: "api/v1", "apis/apps/v1" …"""
    return _PATHS


@functools.cache
def openapi_document(path: str) -> bytes:
    """One document as gzipped JSON. Raises: `KeyError` for a path that `openapi_paths` does not list."""
    if path not in _PATHS:
        raise KeyError(path)
    packed = pkgutil.get_data("tutor.kube.schema", f"data/openapi/{path.replace('/', '_')}.json.gz")
    if packed is None:
        raise KeyError(path)
    return packed
