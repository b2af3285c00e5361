"""Autoscalers as lines: what they measure, what they aim at, and how many pods they want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tutor.core.pictures.drawing import Glyphs, Line, Role, Span, fit

NAME, TARGETS = 16, 24


def autoscaler_lines(autoscalers: Sequence[Mapping[str, Any]], width: int, glyphs: Glyphs) -> list[Line]:
    """The head, then a line for each; nothing where there is none. What is not measured is said as kubectl says it."""
    if not autoscalers:
        return []
    head = f"{'AUTOSCALER'.ljust(NAME)} {'TARGETS'.ljust(TARGETS)} WANTS"
    lines: list[Line] = [(Span(head[:width].ljust(width), "head"),)]
    for autoscaler in autoscalers:
        spec, status = autoscaler.get("spec") or {}, autoscaler.get("status") or {}
        targets = ", ".join(_targets(spec, status)) or "<none>"
        role: Role = "warn" if "<unknown>" in targets else "text"
        wanted = status.get("desiredReplicas") or 0
        wants = f"{wanted} pod{'' if wanted == 1 else 's'}, now {status.get('currentReplicas') or 0}"
        bounds = f" ({spec.get('minReplicas') or 1} to {spec.get('maxReplicas')})"
        spans: Line = (
            Span(fit(autoscaler["metadata"]["name"], NAME, glyphs) + " "),
            Span(fit(targets, min(TARGETS, max(0, width - NAME - 1)), glyphs), role),
        )
        room = width - NAME - TARGETS - 2
        if room > 3:
            spans += (Span(" "), Span(fit(wants + bounds, room, glyphs).rstrip()))
        lines.append(spans)
    return lines


def _targets(spec: Mapping[str, Any], status: Mapping[str, Any]) -> Iterator[str]:
    """kubectl's TARGETS: "cpu: 23%/50%". Source: kubernetes/pkg/printers/internalversion, formatHPAMetrics."""
    current = {
        metric["resource"].get("name"): metric["resource"].get("current") or {}
        for metric in status.get("currentMetrics") or []
        if metric.get("type") == "Resource" and metric.get("resource")
    }
    for metric in spec.get("metrics") or []:
        resource = metric.get("resource") or {}
        name, target = resource.get("name"), resource.get("target") or {}
        if metric.get("type") != "Resource":
            yield str(metric.get("type"))
        elif target.get("averageValue") is not None:
            yield f"{name}: {current.get(name, {}).get('averageValue', '<unknown>')}/{target['averageValue']}"
        else:
            used = current.get(name, {}).get("averageUtilization")
            said = "<unknown>" if used is None else f"{used}%"
            yield f"{name}: {said}/{target.get('averageUtilization', '<auto>')}%"
