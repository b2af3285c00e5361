"""What all of `kubectl describe` has in common: elastic columns, labels, times, events.

Source: k8s.io/kubectl/pkg/describe, tabbedString: a tab writer with padding 2, and two spaces a level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tutor.kube.times import human_duration, parse_time, unix

PADDING = 2


class Page:
    """Lines whose cells are separated by tabs; neighbouring lines with a cell in a column share its width."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def line(self, text: str = "", level: int = 0) -> None:
        self._lines.append("  " * level + text)

    def raw(self) -> str:
        """With its tabs as they are."""
        return "".join(line + "\n" for line in self._lines)

    def text(self) -> str:
        rows = [line.split("\t") for line in self._lines]
        return "".join(line + "\n" for line in _aligned(rows))


def _aligned(rows: Sequence[list[str]]) -> list[str]:
    """Elastic tab stops: a column is a run of lines that all have a cell there with another one behind it."""
    widths: list[list[int]] = [[0] * len(row) for row in rows]

    def run(start: int, end: int, column: int) -> None:
        at = start
        while at < end:
            if len(rows[at]) - 1 <= column:
                at += 1
                continue
            stop = at
            while stop < end and len(rows[stop]) - 1 > column:
                stop += 1
            widest = max(len(rows[index][column]) for index in range(at, stop))
            # A column of nothing has no width, nor padding.
            width = widest + PADDING if widest else 0
            for index in range(at, stop):
                widths[index][column] = width
            run(at, stop, column + 1)
            at = stop

    run(0, len(rows), 0)
    return [
        "".join(cell.ljust(widths[index][column]) for column, cell in enumerate(row[:-1])) + row[-1]
        for index, row in enumerate(rows)
    ]


def moment(text: str) -> str:
    """ "Wed, 25 Nov 2026 19:05:27 +0000"."""
    at: datetime = parse_time(text).astimezone(UTC)
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{days[at.weekday()]}, {at.day:02d} {months[at.month - 1]} {at.year} {at:%H:%M:%S} +0000"


def labels(page: Page, title: str, values: Mapping[str, str] | None, level: int = 0, sign: str = "=") -> None:
    """One label a line, in order; the title before the first."""
    pairs = [f"{key}{sign}{value}" for key, value in sorted((values or {}).items())]
    page.line(f"{title}:\t{pairs[0] if pairs else '<none>'}", level)
    for pair in pairs[1:]:
        # Without the level's spaces: the column before the tab is as wide as it is.
        page.line(f"\t{pair}")


def annotation_lines(page: Page, values: Mapping[str, str] | None) -> None:
    """Annotations with their values beside or, where they are long, below them; without that of `kubectl apply`."""
    shown = {k: v for k, v in (values or {}).items() if k != "kubectl.kubernetes.io/last-applied-configuration"}
    if not shown:
        page.line("Annotations:\t<none>")
        return
    head = "Annotations:\t"
    for key, value in sorted(shown.items()):
        value = value.removesuffix("\n")
        if len(value) + len(key) + 2 > 140 or "\n" in value:
            page.line(f"{head}{key}:")
            for part in value.split("\n"):
                page.line(f"\t  {part if len(part) <= 140 else part[:140] + '...'}")
        else:
            page.line(f"{head}{key}: {value}")
        head = "\t"


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """A metav1.LabelSelector as kubectl writes it."""
    given = selector or {}
    parts = [f"{key}={value}" for key, value in sorted((given.get("matchLabels") or {}).items())]
    for one in sorted(given.get("matchExpressions") or [], key=lambda e: str(e.get("key"))):
        values = ",".join(sorted(one.get("values") or []))
        parts.append(
            {
                "In": f"{one['key']} in ({values})",
                "NotIn": f"{one['key']} notin ({values})",
                "Exists": str(one["key"]),
                "DoesNotExist": f"!{one['key']}",
            }.get(str(one.get("operator")), str(one["key"]))
        )
    return ",".join(parts) or "<none>"


def map_text(values: Mapping[str, str] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((values or {}).items())) or "<none>"


def events(page: Page, found: Iterable[Mapping[str, Any]], now: float) -> None:
    """The events of an object, the oldest first."""
    listed = sorted(found, key=_last)
    if not listed:
        page.line("Events:\t<none>")
        return
    page.line("Events:")
    page.line("Type\tReason\tAge\tFrom\tMessage", 1)
    page.line("----\t------\t----\t----\t-------", 1)
    for event in listed:
        source = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
        message = str(event.get("message") or "").strip().replace("\n", " ")
        page.line(f"{event.get('type')}\t{event.get('reason')}\t{_age(event, now)}\t{source}\t{message}", 1)


def _last(event: Mapping[str, Any]) -> float:
    text = (event.get("series") or {}).get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
    return unix(text) if text else 0.0


def _first(event: Mapping[str, Any]) -> float:
    text = event.get("firstTimestamp") or event.get("eventTime")
    return unix(text) if text else 0.0


def _age(event: Mapping[str, Any], now: float) -> str:
    first = human_duration(now - _first(event)) if _first(event) else "<unknown>"
    series = event.get("series")
    count = int((series or {}).get("count") or event.get("count") or 1)
    if count > 1:
        return f"{human_duration(now - _last(event))} (x{count} over {first})"
    return first
