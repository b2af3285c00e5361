"""The traffic lanes and the pods' bars as lines, all on one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap

from tutor.core.drawing import Glyphs, Line, Role, Span, fit, fit_name, width_of
from tutor.core.histories import Histories
from tutor.core.lane_words import Summary, summary
from tutor.core.lanes import (
    Axis,
    PodBar,
    PodPhase,
    TrafficLane,
    axis_until,
    pod_bars,
    polled_deployments,
    ticks,
    traffic_lane,
)
from tutor.core.timeline import Timeline

VERSION_ROLES: tuple[Role, ...] = ("version1", "version2", "version3")
PHASE_ROLES: dict[PodPhase, Role] = {
    PodPhase.ABSENT: "text",
    PodPhase.READY: "good",
    PodPhase.TERMINATING: "leaving",
    PodPhase.NOT_READY: "warn",
    PodPhase.RESTARTED: "bad",
}
LETTERS = {
    "refused": "R",
    "timeout": "T",
    "reset": "X",
    "unreachable": "U",
    "no-endpoints": "N",
    "login": "L",
    "not-json": "J",
}
MOST_VERSIONS = 4


@dataclass(frozen=True, slots=True)
class LanePicture:
    """All that the lanes of one window show."""

    axis: Axis
    now: float
    traffic: TrafficLane
    bars: tuple[PodBar, ...]
    summary: Summary


def gutter(width: int) -> int:
    """Cells of the labels to the left of the axis."""
    return 15 if width >= 60 else 10


def lane_picture(
    timeline: Timeline, histories: Histories, now: float, per_cell: float, width: int, service: str = "user"
) -> LanePicture:
    """The window that ends at `now`. The pods are those behind `service`, which is polled; all where it has none."""
    axis = axis_until(now, per_cell, max(1, width - gutter(width)))
    deployments = polled_deployments(histories, service, now)
    return LanePicture(
        axis,
        now,
        traffic_lane(timeline, axis, now),
        tuple(pod_bars(histories, axis, now, deployments)),
        summary(timeline, histories, axis.start, now, deployments),
    )


def axis_line(axis: Axis, width: int) -> Line:
    line = [" "] * width
    left = gutter(width)
    for mark in ticks(axis):
        at = datetime.fromtimestamp(axis.start + mark * axis.per_cell)
        text = f"{at:%H:%M:%S}" if axis.per_cell < 30 else f"{at:%H:%M}"
        place = left + mark
        if place + len(text) + 1 <= width:
            line[place : place + len(text) + 1] = f"╷{text}"
    return (Span("".join(line), "dim"),)


def traffic_lines(picture: LanePicture, width: int, glyphs: Glyphs) -> list[Line]:
    """A line for each version that ever answered, and one for the errors, always."""
    lane, left = picture.traffic, gutter(width)
    lines: list[Line] = []
    cells: list[tuple[str, Role]]
    shown = lane.versions[-MOST_VERSIONS:]
    for version in shown or ("answers",):
        role = version_role(version, lane.versions)
        cells = [
            (glyphs.away, "away") if away else (glyphs.answer, role) if cell and cell.versions[version] else (" ", role)
            for cell, away in zip(lane.cells, lane.away, strict=True)
        ]
        lines.append((Span(fit(version, left - 1, glyphs) + " ", role), *_spans(cells)))
    cells = []
    for cell, away in zip(lane.cells, lane.away, strict=True):
        if away:
            cells.append((glyphs.away, "away"))
        elif cell is None:
            cells.append((" ", "text"))
        else:
            cells.append((error_letter(cell.error), "error") if cell.error else (glyphs.dot, "dim"))
    failed = any(cell and cell.error for cell in lane.cells)
    lines.append((Span(fit("errors", left - 1, glyphs) + " ", "error" if failed else "dim"), *_spans(cells)))
    return lines


def merged_line(picture: LanePicture, width: int, glyphs: Glyphs) -> Line:
    """All calls in one line, the worst of each cell shown: for very little room."""
    lane, left = picture.traffic, gutter(width)
    cells: list[tuple[str, Role]] = []
    for cell, away in zip(lane.cells, lane.away, strict=True):
        if away:
            cells.append((glyphs.away, "away"))
        elif cell is None:
            cells.append((" ", "text"))
        elif cell.error:
            cells.append((error_letter(cell.error), "error"))
        else:
            cells.append((cell.version[:1] or "?", version_role(cell.version, lane.versions)))
    return (Span(fit("answers", left - 1, glyphs) + " ", "text"), *_spans(cells))


def bar_lines(picture: LanePicture, width: int, glyphs: Glyphs, most: int) -> list[Line]:
    """The bars of the newest pods, at most so many; the last line says how many there are besides."""
    shown = picture.bars[-most:] if most > 0 else ()
    lines = [bar_line(bar, picture, width, glyphs) for bar in shown]
    left_out = len(picture.bars) - len(shown)
    if lines and left_out:
        lines[-1] = _with_note(lines[-1], f"+{left_out} more")
    return lines


def bar_line(bar: PodBar, picture: LanePicture, width: int, glyphs: Glyphs) -> Line:
    left = gutter(width)
    tail = bar.name.rpartition("-")[2] or bar.name
    label = f"{glyphs.ellipsis}{tail}"
    label = f"{label} {bar.version}" if len(label) + len(bar.version) + 2 <= left else label
    cells: list[tuple[str, Role]] = []
    for phase, away in zip(bar.cells, picture.traffic.away, strict=True):
        cells.append((glyphs.away, "away") if away else (glyphs.bar(phase), PHASE_ROLES[phase]))
    return (Span(fit_name(label, left - 1, glyphs) + " ", "text" if bar.ready_now else "dim"), *_spans(cells))


def legend_lines(picture: LanePicture, width: int, glyphs: Glyphs) -> list[Line]:
    """What the signs mean, the errors' letters first: they are there only where there are any."""
    kinds = sorted({kind for cell in picture.traffic.cells if cell for kind in cell.errors})
    spans = [Span(f"{error_letter(kind)} {kind}", "error") for kind in kinds]
    if any(picture.traffic.away):
        spans.append(Span(f"{glyphs.away} nothing seen", "away"))
    spans += [
        Span(f"{glyphs.answer} answered", "dim"),
        Span(f"{glyphs.ready} ready", "good"),
        Span(f"{glyphs.not_ready} not ready", "warn"),
        Span(f"{glyphs.terminating} terminating", "leaving"),
        Span(f"{glyphs.restarted} restarted", "bad"),
    ]
    lines: list[Line] = [()]
    for span in spans:
        if lines[-1] and width_of(lines[-1]) + 2 + len(span.text) > width:
            lines.append(())
        lines[-1] = (*lines[-1], Span("  "), span) if lines[-1] else (span,)
    return lines


def summary_lines(picture: LanePicture, width: int, most: int) -> list[Line]:
    """The summary in at most so many lines."""
    said = picture.summary
    roles: dict[str, Role] = {"good": "good", "bad": "bad", "warn": "warn"}
    wrapped = wrap(said.text, width)
    if len(wrapped) > most > 0:
        wrapped = wrap(said.text, width, max_lines=most, placeholder=" …")
    return [(Span(text, roles.get(said.tone, "dim")),) for text in wrapped[:most]]


def error_letter(kind: str) -> str:
    return LETTERS.get(kind, "H" if kind.startswith("http") else "!")


def version_role(version: str, versions: Sequence[str]) -> Role:
    index = versions.index(version) if version in versions else 0
    return VERSION_ROLES[index % len(VERSION_ROLES)]


def _spans(cells: Sequence[tuple[str, Role]]) -> list[Span]:
    """Neighbours of one role as one span."""
    spans: list[Span] = []
    for text, role in cells:
        if spans and spans[-1].role == role:
            spans[-1] = Span(spans[-1].text + text, role)
        else:
            spans.append(Span(text, role))
    return spans


def _with_note(line: Line, note: str) -> Line:
    """A word at the right end of a line."""
    text, role = line[-1]
    if len(text) <= len(note):
        return line
    return (*line[:-1], Span(text[: -len(note)], role), Span(note, "dim"))
