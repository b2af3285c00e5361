"""Probes and lifecycle hooks: exactly one handler, sensible numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import Errors, each_invalid, forbidden, invalid, not_supported, required
from tutor.kube.schema.validation.metadata import non_negative

Object = Mapping[str, Any]

PROBE_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
HOOK_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")
_NUMBERS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")


def container_probes(container: Object, grace: int | None, at: Path) -> Errors:
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(name)
        if probe is None:
            continue
        here = (*at, name)
        yield from _probe(probe, grace, here)
        if name == "readinessProbe":
            if (seconds := probe.get("terminationGracePeriodSeconds")) is not None:
                yield invalid((*here, "terminationGracePeriodSeconds"), seconds, "must not be set for readinessProbes")
        elif probe.get("successThreshold", 1) != 1:
            yield invalid((*here, "successThreshold"), probe["successThreshold"], "must be 1")


def lifecycle(hooks: Object | None, grace: int | None, at: Path) -> Errors:
    for name in ("postStart", "preStop"):
        if hooks and hooks.get(name) is not None:
            yield from _handler(hooks[name], HOOK_HANDLERS, grace, (*at, name))


def _probe(probe: Object, grace: int | None, at: Path) -> Errors:
    yield from _handler(probe, PROBE_HANDLERS, grace, at)
    for field in _NUMBERS:
        yield from non_negative(probe, field, at)
    seconds = probe.get("terminationGracePeriodSeconds")
    if seconds is not None and seconds <= 0:
        yield invalid((*at, "terminationGracePeriodSeconds"), seconds, "must be greater than 0")


def _handler(holder: Object, names: tuple[str, ...], grace: int | None, at: Path) -> Errors:
    seen = False
    for name in names:
        if holder.get(name) is None:
            continue
        if seen:
            yield forbidden((*at, name), "may not specify more than 1 handler type")
        else:
            yield from _HANDLERS[name](holder[name], grace, (*at, name))
        seen = True
    if not seen:
        yield required(at, "must specify a handler type")


def _exec(action: Object, _: int | None, at: Path) -> Errors:
    if not action.get("command"):
        yield required((*at, "command"))


def _http_get(action: Object, _: int | None, at: Path) -> Errors:
    if not action.get("path"):
        yield required((*at, "path"))
    yield from port_number_or_name(action.get("port"), (*at, "port"))
    if action.get("scheme") not in ("HTTP", "HTTPS"):
        yield not_supported((*at, "scheme"), action.get("scheme", ""), ("HTTP", "HTTPS"))
    for header in action.get("httpHeaders") or []:
        # The API server names no index here.
        yield from each_invalid((*at, "httpHeaders"), header.get("name", ""), texts.header_name(header.get("name", "")))


def _tcp_socket(action: Object, _: int | None, at: Path) -> Errors:
    return port_number_or_name(action.get("port"), (*at, "port"))


def _sleep(action: Object, grace: int | None, at: Path) -> Errors:
    seconds = action.get("seconds", 0)
    if grace is not None and not 0 <= seconds <= grace:
        yield invalid(at, seconds, f"must be non-negative and less than terminationGracePeriodSeconds ({grace})")


_HANDLERS: Mapping[str, Callable[[Object, int | None, Path], Errors]] = {
    "exec": _exec,
    "httpGet": _http_get,
    "tcpSocket": _tcp_socket,
    "grpc": _tcp_socket,
    "sleep": _sleep,
}


def port_number_or_name(port: int | str | None, at: Path) -> Errors:
    if isinstance(port, str):
        return each_invalid(at, port, texts.port_name(port))
    return each_invalid(at, port or 0, texts.port_number(port or 0))
