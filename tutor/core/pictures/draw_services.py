"""Services as lines: type, ports, how many pods they send to, and the URL that answers on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.core.pictures.drawing import Glyphs, Line, Span, fit
from tutor.core.pictures.histories import Histories

TYPE, TO, URL = 12, 9, 28
WITH_TYPE, WITH_URL = 70, 56
"""From so many cells on a type and a URL are shown."""


@dataclass(frozen=True, slots=True)
class _Widths:
    name: int
    type: int
    ports: int
    to: int
    where: int


def _widths(services: Sequence[Mapping[str, Any]], width: int) -> _Widths:
    """A URL is there to be read whole: the ports give way to it."""
    name = min(max((len(service["metadata"]["name"]) for service in services), default=0), 16)
    name = max(name, len("SERVICE"))
    kind = TYPE if width >= WITH_TYPE else 0
    left = width - name - 1 - (kind + 1 if kind else 0) - TO - 1
    if width < WITH_URL:
        return _Widths(name, kind, max(0, min(left, 20)), TO, 0)
    longest = max((len(_ports(service.get("spec") or {})) for service in services), default=0)
    ports = max(7, min(longest, left - URL - 1))
    return _Widths(name, kind, ports, TO, left - ports - 1)


def service_lines(
    services: Sequence[Mapping[str, Any]],
    histories: Histories,
    urls: Mapping[str, str],
    at: float,
    width: int,
    glyphs: Glyphs,
) -> list[Line]:
    """The head, then a line for each. `services`: the objects; `urls`: name → URL that answers.

    The API server's own Service is left out; without any other there are no lines at all.
    """
    shown = [service for service in services if service["metadata"]["name"] != "kubernetes"]
    if not shown:
        return []
    widths = _widths(shown, width)
    lines = [_head(widths, width)]
    for service in shown:
        name, spec = service["metadata"]["name"], service.get("spec") or {}
        history = histories.endpoints.get(name)
        state = history.at(at) if history is not None else None
        ready = len(state.ready) if state is not None else 0
        to = f"{glyphs.arrow} {ready or 'no'} pod{'' if ready < 2 else 's'}"
        spans: Line = (Span(fit(name, widths.name, glyphs) + " "),)
        if widths.type:
            spans += (Span(fit(spec.get("type", "ClusterIP"), widths.type, glyphs) + " ", "dim"),)
        if widths.ports:
            spans += (Span(fit(_ports(spec), widths.ports, glyphs) + " "),)
        spans += (Span(fit(to, widths.to, glyphs), "good" if ready else "bad"),)
        if widths.where:
            url = urls.get(name, "")
            where = url or ("inside the cluster" if spec.get("type", "ClusterIP") == "ClusterIP" else "")
            spans += (Span(" "), Span(fit(where, widths.where, glyphs).rstrip(), "link" if url else "dim"))
        lines.append(spans)
    return lines


def fewer(lines: Sequence[Line], most: int, first: Sequence[str]) -> list[Line]:
    """At most so many lines of Services and, behind them, autoscalers; the head says how many others there are.

    `first`: names of Services that stay longest, together with the autoscalers.
    """
    if len(lines) <= most:
        return list(lines)
    heads = [index for index, line in enumerate(lines) if line[0].role == "head"]
    names = [line[0].text.strip() for line in lines]

    def worth(index: int) -> tuple[bool, bool, int]:
        wanted = names[index] in first or index >= heads[-1] > 0
        return index != 0, not wanted, index

    kept = sorted(sorted(range(len(lines)), key=worth)[: max(0, most)])
    if len(kept) > 1 and kept[-1] in heads:
        kept.pop()
    note = f" +{len(lines) - len(heads) - sum(index not in heads for index in kept)} more"
    return [_noted(lines[index], note) if index == 0 else lines[index] for index in kept]


def _noted(head: Line, note: str) -> Line:
    """With a word at its right end, where there is room for it."""
    text = head[0].text
    return (Span(text[: -len(note)] + note, "head"),) if not text[-len(note) :].strip() else head


def _head(widths: _Widths, width: int) -> Line:
    texts = ["SERVICE".ljust(widths.name)]
    if widths.type:
        texts.append("TYPE".ljust(widths.type))
    if widths.ports:
        texts.append("PORT(S)".ljust(widths.ports))
    texts.append("SENDS TO".ljust(widths.to))
    if widths.where:
        texts.append("ANSWERS AT")
    return (Span(" ".join(texts)[:width].ljust(width), "head"),)


def _ports(spec: Mapping[str, Any]) -> str:
    """kubectl's PORT(S), without /TCP, which is all that beginners meet: "8080:31317"."""
    found = []
    for port in spec.get("ports") or []:
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        protocol = port.get("protocol") or "TCP"
        found.append(f"{port.get('port')}{node}" + ("" if protocol == "TCP" else f"/{protocol}"))
    return ",".join(found) or "<none>"
