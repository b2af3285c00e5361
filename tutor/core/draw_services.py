"""Services as lines: type, ports, how many pods they send to, and the URL that answers on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.core.drawing import Glyphs, Line, Role, Span, fit
from tutor.core.histories import Histories

NAME, TYPE, PORTS, TO = 12, 12, 18, 15


def service_lines(
    services: Sequence[Mapping[str, Any]],
    histories: Histories,
    urls: Mapping[str, str],
    at: float,
    width: int,
    glyphs: Glyphs,
) -> list[Line]:
    """`services`: the objects; `urls`: name → URL that answers. A Service that sends to no pod says so."""
    lines: list[Line] = []
    for service in services:
        name, spec = service["metadata"]["name"], service.get("spec") or {}
        if name == "kubernetes":
            continue
        history = histories.endpoints.get(name)
        state = history.at(at) if history is not None else None
        ready = len(state.ready) if state is not None else 0
        to = f"{glyphs.arrow} {ready} pod{'' if ready == 1 else 's'}" if ready else f"{glyphs.arrow} no pod ready"
        role: Role = "good" if ready else "bad"
        url = urls.get(name, "")
        where = url or _node_ports(spec)
        spans: Line = (Span(fit(name, NAME, glyphs) + " "),)
        if width >= 74:
            spans += (Span(fit(spec.get("type", "ClusterIP"), TYPE, glyphs) + " ", "dim"),)
        if width >= 56:
            spans += (Span(fit(_ports(spec), PORTS, glyphs) + " "),)
        spans += (Span(fit(to, TO, glyphs), role),)
        room = width - sum(len(span.text) for span in spans) - 1
        if room > 3:
            spans += (Span(" "), Span(fit(where, room, glyphs).rstrip(), "link" if url else "dim"))
        lines.append(spans)
    return lines


def service_head(width: int) -> Line:
    if width < 56:
        text = "SERVICE".ljust(NAME + 1) + "SENDS TO"
    elif width < 74:
        text = "SERVICE".ljust(NAME + 1) + "PORT(S)".ljust(PORTS + 1) + "SENDS TO"
    else:
        text = (
            "SERVICE".ljust(NAME + 1)
            + "TYPE".ljust(TYPE + 1)
            + "PORT(S)".ljust(PORTS + 1)
            + "SENDS TO".ljust(16)
            + "URL"
        )
    return (Span(text[:width].ljust(width), "head"),)


def _ports(spec: Mapping[str, Any]) -> str:
    """kubectl's PORT(S), without /TCP, which is all that beginners meet: "8080:31317"."""
    found = []
    for port in spec.get("ports") or []:
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        protocol = port.get("protocol") or "TCP"
        found.append(f"{port.get('port')}{node}" + ("" if protocol == "TCP" else f"/{protocol}"))
    return ",".join(found) or "<none>"


def _node_ports(spec: Mapping[str, Any]) -> str:
    if spec.get("type", "ClusterIP") == "ClusterIP":
        return "inside the cluster"
    return ""
