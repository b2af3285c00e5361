"""Probes with their defaults, and as `kubectl describe` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Probe:
    """Delays, timeout and period in seconds."""

    kind: Literal["http", "tcp", "exec", "grpc"]
    port: int | str | None = None
    path: str = "/"
    scheme: str = "HTTP"
    host: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ()
    initial_delay: int = 0
    timeout: int = 1
    period: int = 10
    success_threshold: int = 1
    failure_threshold: int = 3


def effective_probe(probe: Mapping[str, Any]) -> Probe:
    """A probe of a manifest with the API server's defaults filled in. Raises: `ValueError` where it has no handler.

    Source: kubernetes.io, Configure liveness, readiness and startup probes.
    """
    times = Probe(
        "exec",
        initial_delay=int(probe.get("initialDelaySeconds") or 0),
        timeout=int(probe.get("timeoutSeconds") or 1),
        period=int(probe.get("periodSeconds") or 10),
        success_threshold=int(probe.get("successThreshold") or 1),
        failure_threshold=int(probe.get("failureThreshold") or 3),
    )
    if (http := probe.get("httpGet")) is not None:
        headers = tuple((str(h.get("name")), str(h.get("value", ""))) for h in http.get("httpHeaders") or [])
        path, scheme, host = http.get("path") or "/", http.get("scheme") or "HTTP", http.get("host") or ""
        return replace(times, kind="http", port=http.get("port"), path=path, scheme=scheme, host=host, headers=headers)
    if (tcp := probe.get("tcpSocket")) is not None:
        return replace(times, kind="tcp", port=tcp.get("port"), host=tcp.get("host") or "")
    if (command := probe.get("exec")) is not None:
        return replace(times, command=tuple(command.get("command") or ()))
    if (grpc := probe.get("grpc")) is not None:
        return replace(times, kind="grpc", port=grpc.get("port"), path=grpc.get("service") or "")
    raise ValueError("the probe has no handler")


def describe(probe: Probe) -> str:
    """As in `kubectl describe`: "http-get http://:9001/path delay=3s timeout=1s period=3s #success=1 #failure=3"."""
    if probe.kind == "http":
        path = probe.path if probe.path.startswith("/") else f"/{probe.path}"
        what = f"http-get {probe.scheme.lower()}://{probe.host}:{probe.port}{path}"
    elif probe.kind == "exec":
        what = f"exec [{' '.join(probe.command)}]"
    else:
        what = f"{'tcp-socket' if probe.kind == 'tcp' else 'grpc'} {probe.host}:{probe.port}"
    return (
        f"{what} delay={probe.initial_delay}s timeout={probe.timeout}s period={probe.period}s"
        f" #success={probe.success_threshold} #failure={probe.failure_threshold}"
    )
