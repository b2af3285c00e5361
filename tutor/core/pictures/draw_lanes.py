"""The traffic lanes and the pods' bars as lines, all on one axis of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tutor.core.calls import calls_and_gaps
from tutor.core.pictures.behind import BEFORE
from tutor.core.pictures.causes import Cause, causes_of
from tutor.core.pictures.drawing import Glyphs, Line, Role, Span, fit, fit_name, width_of, wrap_words
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lane_changes import Change, changes
from tutor.core.pictures.lane_words import Summary, summary
from tutor.core.pictures.lanes import (
    Axis,
    PodBar,
    PodPhase,
    TrafficLane,
    axis_until,
    pod_bars,
    ticks,
    traffic_lane,
)
from tutor.core.timeline import Answered, Timeline

VERSION_ROLES: tuple[Role, ...] = ("version1", "version2", "version3")
PHASE_ROLES: dict[PodPhase, Role] = {
    PodPhase.ABSENT: "text",
    PodPhase.READY: "good",
    PodPhase.TERMINATING: "leaving",
    PodPhase.NOT_READY: "warn",
    PodPhase.RESTARTED: "bad",
}
PHASE_WORDS = {
    PodPhase.READY: "ready",
    PodPhase.NOT_READY: "not ready",
    PodPhase.TERMINATING: "terminating",
    PodPhase.RESTARTED: "restarted",
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
READABLE = 10
"""Cells from which on a word that is cut short still tells something."""
Cell = tuple[str, Role]
"""What one cell shows: a glyph and its role."""
NOTHING: Cell = (" ", "text")
TONES: dict[str, Role] = {"good": "good", "bad": "bad", "warn": "warn"}
WAYS = {"nodeport": ("via gateway", "gateway"), "service-proxy": ("via API server", "API")}
"""`Answered.via` → words for a wide and for a narrow gutter."""


@dataclass(frozen=True, slots=True)
class LanePicture:
    """All that the lanes of one window show."""

    axis: Axis
    now: float
    traffic: TrafficLane
    bars: tuple[PodBar, ...]
    more_bars: int
    """Pods besides that have no bar."""
    changes: tuple[Change, ...]
    """What was changed about the Deployments and the gateway in the window."""
    summary: Summary
    via: str
    """The way the newest call took, as `Answered.via`; empty without a call."""


def gutter(width: int) -> int:
    """Cells of the labels to the left of the axis."""
    return 15 if width >= 60 else 10


def lane_picture(
    timeline: Timeline,
    histories: Histories,
    now: float,
    per_cell: float,
    width: int,
    service: str = "user",
    gateway: str = "gateway",
) -> LanePicture:
    """The window that ends at `now`. The pods are those behind `service`, which is polled; all where it has none.

    `gateway`: the Service through which the calls come.
    """
    axis = axis_until(now, per_cell, max(1, width - gutter(width)))
    deployments = histories.deployments_behind(service, now)
    answers, away = calls_and_gaps(timeline, axis.start, min(axis.end, now))

    def why(start: float, end: float) -> list[Cause]:
        before, _ = calls_and_gaps(timeline, min(start, axis.start) - BEFORE, now)
        return causes_of(histories, before, start, end, now, service, gateway)

    def earlier(since: float) -> list[Answered]:
        return [call for call in calls_and_gaps(timeline, since, axis.start)[0] if call.at < axis.start]

    bars, more = pod_bars(histories, axis, now, deployments)
    return LanePicture(
        axis,
        now,
        traffic_lane(answers, away, histories.versions, axis, now),
        tuple(bars),
        more,
        changes(histories, axis.start, now, deployments, gateway),
        summary(answers, away, histories, axis.start, now, deployments, why, earlier),
        answers[-1].via if answers else "",
    )


def axis_line(picture: LanePicture, width: int, glyphs: Glyphs) -> Line:
    """The times, and to their left the way that the calls take."""
    axis, left = picture.axis, gutter(width)
    line = [" "] * (width - left)
    for mark in ticks(axis):
        at = datetime.fromtimestamp(axis.start + mark * axis.per_cell)
        text = f"{at:%H:%M:%S}" if axis.per_cell < 30 else f"{at:%H:%M}"
        if mark + len(text) + 1 <= len(line):
            line[mark : mark + len(text) + 1] = f"{glyphs.tick}{text}"
    words = WAYS.get(picture.via, ("", ""))
    return (Span(words[0 if left > 12 else 1].ljust(left) + "".join(line), "dim"),)


def mark_line(picture: LanePicture, width: int, glyphs: Glyphs) -> Line:
    """What was changed, at its time: a new image, a probe, another number of replicas, no gateway."""
    left = gutter(width)
    line = [" "] * (width - left)
    by_cell: dict[int, list[str]] = {}
    for change in picture.changes:
        if (cell := picture.axis.cell(change.at)) >= 0:
            by_cell.setdefault(cell, []).append(change.text)
    free, places = 0, list(by_cell)
    for index, (place, texts) in enumerate(by_cell.items()):
        words, last = ", ".join(texts), index + 1 == len(places)
        room = (len(line) if last else places[index + 1]) - place
        text = f"{glyphs.mark}{words}"
        if len(text) >= room + last:
            # At the right edge the words stand to the left of their sign; else what there is room for.
            if last and place - len(words) >= free:
                text, place = f"{words}{glyphs.mark}", place - len(words)
            else:
                text = fit(text, room if last else room - 1, glyphs) if room > READABLE else glyphs.mark
        line[place : place + len(text)] = text
        free = place + len(text) + 1
    return (Span("changed".ljust(left), "dim"), Span("".join(line), "new"))


def traffic_lines(picture: LanePicture, width: int, glyphs: Glyphs) -> list[Line]:
    """A line for each version that ever answered, and one for the errors, always."""
    lane, left = picture.traffic, gutter(width)
    lines: list[Line] = []
    for version in lane.versions[-MOST_VERSIONS:] or ("answers",):
        role = version_role(version, lane.versions)
        answered = [(glyphs.answer, role) if cell and cell.versions[version] else NOTHING for cell in lane.cells]
        label = Span(fit(version, left - 1, glyphs) + " ", role)
        lines.append((label, *_spans(answered, lane.away, glyphs)))
    good: Cell = (glyphs.dot, "dim")
    errors: list[Cell] = [
        NOTHING if cell is None else (error_letter(cell.error), "error") if cell.error else good for cell in lane.cells
    ]
    failed = any(cell and cell.error for cell in lane.cells)
    label = Span(fit("errors", left - 1, glyphs) + " ", "error" if failed else "dim")
    return [*lines, (label, *_spans(errors, lane.away, glyphs))]


def merged_line(picture: LanePicture, width: int, glyphs: Glyphs) -> Line:
    """All calls in one line, the worst of each cell shown: for very little room."""
    lane, left = picture.traffic, gutter(width)
    cells: list[Cell] = []
    for cell in lane.cells:
        if cell is None:
            cells.append(NOTHING)
        elif cell.error:
            cells.append((error_letter(cell.error), "error"))
        else:
            cells.append((cell.version[:1] or "?", version_role(cell.version, lane.versions)))
    return (Span(fit("answers", left - 1, glyphs) + " "), *_spans(cells, lane.away, glyphs))


def bar_lines(picture: LanePicture, width: int, glyphs: Glyphs, most: int) -> list[Line]:
    """The bars of at most so many pods: of those that went the oldest are left out first, then of the others.

    The last line says how many there are besides.
    """
    bars = picture.bars
    by_worth = sorted(range(len(bars)), key=lambda index: (bars[index].gone_now, -index))
    shown = [bars[index] for index in sorted(by_worth[: max(0, most)])]
    lines = [bar_line(bar, picture, width, glyphs) for bar in shown]
    left_out = len(bars) - len(shown) + picture.more_bars
    if lines and left_out:
        lines[-1] = _with_note(lines[-1], f"+{left_out} more")
    return lines


def bar_line(bar: PodBar, picture: LanePicture, width: int, glyphs: Glyphs) -> Line:
    left = gutter(width)
    tail = bar.name.rpartition("-")[2] or bar.name
    label = f"{glyphs.ellipsis}{tail}"
    label = f"{label} {bar.version}" if len(label) + len(bar.version) + 2 <= left else label
    drawn: dict[PodPhase, Cell] = {phase: (glyphs.bar(phase), PHASE_ROLES[phase]) for phase in PodPhase}
    cells = [drawn[phase] for phase in bar.cells]
    name = Span(fit_name(label, left - 1, glyphs) + " ", "text" if bar.ready_now else "dim")
    return (name, *_spans(cells, picture.traffic.away, glyphs))


def legend_lines(picture: LanePicture, width: int, glyphs: Glyphs, *, only_drawn: bool = False) -> list[Line]:
    """What the signs mean, the errors' letters first: they are there only where there are any.

    `only_drawn`: without the other signs that the window does not show, where there is no room for all.
    """
    cells = picture.traffic.cells
    kinds = sorted({kind for cell in cells if cell for kind in cell.errors})
    spans = [Span(f"{error_letter(kind)} {kind}", "error") for kind in kinds]
    if any(picture.traffic.away):
        spans.append(Span(f"{glyphs.away} nothing seen", "away"))
    phases = {phase for bar in picture.bars for phase in bar.cells}
    if any(cell and cell.versions for cell in cells) or not only_drawn:
        spans.append(Span(f"{glyphs.answer} {glyphs.dot} answered", "dim"))
    for phase, word in PHASE_WORDS.items():
        if phase in phases or not only_drawn:
            spans.append(Span(f"{glyphs.bar(phase)} {word}", PHASE_ROLES[phase]))
    lines: list[Line] = [()]
    for span in spans:
        if lines[-1] and width_of(lines[-1]) + 2 + len(span.text) > width:
            lines.append(())
        lines[-1] = (*lines[-1], Span("  "), span) if lines[-1] else (span,)
    return lines


def summary_lines(picture: LanePicture, width: int, most: int, glyphs: Glyphs) -> list[Line]:
    """The summary in at most so many lines, with a sign in front that needs no colour."""
    said = picture.summary
    role = TONES.get(said.tone, "dim")
    signs = {"good": glyphs.good, "bad": glyphs.error, "warn": "!"}
    text = f"{signs.get(said.tone, ' ')} {said.text}".strip().replace("…", glyphs.ellipsis)
    wrapped = wrap_words(text, width, "  ", most or None, f" {glyphs.ellipsis}")
    return [(Span(line, role),) for line in wrapped[:most]]


def error_letter(kind: str) -> str:
    return LETTERS.get(kind, "H" if kind.startswith("http") else "!")


def version_role(version: str, versions: Sequence[str]) -> Role:
    index = versions.index(version) if version in versions else 0
    return VERSION_ROLES[index % len(VERSION_ROLES)]


def _spans(cells: Sequence[Cell], away: Sequence[bool], glyphs: Glyphs) -> Iterator[Span]:
    """Neighbours of one kind as one span; where nothing was seen, whatever the cells say, that is drawn."""
    unseen: Cell = (glyphs.away, "away")
    shown = [unseen if gone else cell for cell, gone in zip(cells, away, strict=True)] if any(away) else cells
    for (glyph, role), run in groupby(shown):
        yield Span(glyph * sum(1 for _ in run), role)


def _with_note(line: Line, note: str) -> Line:
    """A word at the right end of a line."""
    text, role = line[-1]
    if len(text) <= len(note):
        return line
    return (*line[:-1], Span(text[: -len(note)], role), Span(note, "dim"))
