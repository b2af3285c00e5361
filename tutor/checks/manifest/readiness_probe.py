"""The container has a readiness probe that asks the right page on the right port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.manifest.pod_template import CONTAINERS, container_ports, containers, find_container, no_container
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path

SAY = Say(
    "readiness-probe",
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"
    "#define-readiness-probes",
)
PROBE = "readinessProbe"
OTHERS = {
    "livenessProbe": "A liveness probe restarts the container when it fails; it keeps no request away from it.",
    "startupProbe": "A startup probe holds the other probes back at the start; alone it keeps no request away later.",
}


@rule("readiness-probe", Level.MANIFEST, {"deployment": str, "container": str, "path": str, "port": int})
def readiness_probe(given: CheckInput) -> list[Finding]:
    """The container has a readiness probe that asks the application's page on its port."""
    deployment, name = str(given.params["deployment"]), str(given.params["container"])
    document = find_document(given, "Deployment", deployment)
    if document is None:
        return SAY.undefined(given, "Deployment", deployment)
    index, entry = find_container(document, name)
    if index is None:
        return no_container(SAY, document, name)
    here = (*CONTAINERS, index)
    probe = entry.get(PROBE)
    if not isinstance(probe, Mapping) or not probe:
        return _absent(document, here, entry, name)
    http = probe.get("httpGet")
    if not isinstance(http, Mapping) or not http:
        return _no_request(document, (*here, PROBE), probe, str(given.params["path"]))
    findings = _request(given, document, (*here, PROBE, "httpGet"), entry, http)
    return findings or SAY.passed(
        f"The container {name} is ready when {given.params['path']} answers on port {given.params['port']}.",
        **place(document, (*here, PROBE), key=True),
    )


def _absent(document: Document, here: Path, entry: Mapping[str, Any], name: str) -> list[Finding]:
    for other, why in OTHERS.items():
        if entry.get(other) is not None:
            return SAY.failed(
                f"The container {name} has a {other}, and no readinessProbe. {why}",
                found=other,
                expected=PROBE,
                hint=f"Rename it to {PROBE}, or write a {PROBE} beside it.",
                **place(document, (*here, other), key=True),
            )
    others = [str(other.get("name")) for _, other in containers(document) if other.get(PROBE)]
    elsewhere = f" The container {others[0]} has one, which says nothing of {name}." if others else ""
    return SAY.failed(
        f"The container {name} has no readinessProbe, so it counts as ready as soon as its program is started."
        f"{elsewhere}",
        found="no readinessProbe",
        expected=PROBE,
        hint="Write it in the container, at the depth of its image.",
        **place(document, (*here, PROBE), key=True),
    )


def _no_request(document: Document, at: Path, probe: Mapping[str, Any], page: str) -> list[Finding]:
    other = next((kind for kind in ("tcpSocket", "exec", "grpc") if probe.get(kind)), "")
    if other:
        told = {
            "tcpSocket": "asks only whether the port is open, and not whether the program answers",
            "exec": "runs a command in the container, and the step asks for the page",
            "grpc": "asks by gRPC, which the program does not speak",
        }[other]
        message, found = f"The probe {told}.", other
    else:
        message, found = "The probe asks nothing: it has no httpGet.", "no httpGet"
    return SAY.failed(
        message,
        found=found,
        expected=f"httpGet with path {page}",
        hint="In readinessProbe write httpGet:, in it path: and port:, two spaces deeper.",
        **place(document, (*at, other or "httpGet"), key=True),
    )


def _request(
    given: CheckInput, document: Document, at: Path, entry: Mapping[str, Any], http: Mapping[str, Any]
) -> list[Finding]:
    wanted_path, wanted_port = str(given.params["path"]), int(given.params["port"])
    found: list[Finding] = []
    path = http.get("path")
    if not isinstance(path, str) or path.lstrip("/") != wanted_path.lstrip("/"):
        shown = "/" if path is None or path == "" else str(path)
        found.extend(
            SAY.failed(
                f"The probe asks for {shown}, and the page that tells whether the program is ready is {wanted_path}.",
                found=shown,
                expected=wanted_path,
                hint="The path begins behind host and port." if "://" in shown else f"Write path: {wanted_path}",
                **place(document, (*at, "path"), key="path" not in http),
            )
        )
    found.extend(_port(document, at, entry, http.get("port"), wanted_port))
    scheme = http.get("scheme")
    if scheme not in (None, "", "HTTP"):
        found.extend(
            SAY.failed(
                f"The probe speaks {scheme}, and the program HTTP.",
                found=str(scheme),
                expected="HTTP",
                hint="Remove the line scheme:; HTTP is the default.",
                **place(document, (*at, "scheme")),
            )
        )
    if http.get("host"):
        found.extend(
            SAY.failed(
                f"The probe asks the host {http['host']}, and not the pod: the kubelet on the node sends it.",
                found=str(http["host"]),
                expected="no host",
                hint="Remove the line host:; without it the pod is asked.",
                **place(document, (*at, "host")),
            )
        )
    return found


def _port(document: Document, at: Path, entry: Mapping[str, Any], port: Any, wanted: int) -> list[Finding]:
    where = place(document, (*at, "port"), key=port is None)
    if port is None:
        return SAY.failed("The probe has no port.", expected=str(wanted), hint=f"Write port: {wanted}", **where)
    if isinstance(port, str) and not port.isdigit():
        named = {p.get("name"): p.get("containerPort") for _, p in container_ports(entry) if p.get("name")}
        if port not in named:
            there = f"it has {', '.join(map(str, named))}" if named else "its ports have no names"
            return SAY.failed(
                f'The container has no port named "{port}" for the probe: {there}.',
                found=port,
                expected=str(wanted),
                hint=f"Write port: {wanted}, or give the containerPort that name.",
                **where,
            )
        if named[port] == wanted:
            return []
        return SAY.failed(
            f'The probe asks on the port "{port}", which is {named[port]}, and the program listens on {wanted}.',
            found=str(named[port]),
            expected=str(wanted),
            hint=f"Write containerPort: {wanted}",
            **where,
        )
    if str(port) == str(wanted) and isinstance(port, int):
        return []
    if isinstance(port, str):
        return SAY.failed(
            f'The port "{port}" in quotes is the name of a port, not its number.',
            found=f'"{port}"',
            expected=str(wanted),
            hint=f"Write port: {wanted}, without quotes.",
            **where,
        )
    return SAY.failed(
        f"The probe asks on port {port}, and the program listens on {wanted}.",
        found=str(port),
        expected=str(wanted),
        hint=f"Write port: {wanted}",
        **where,
    )
