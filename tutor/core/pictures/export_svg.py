"""A window of the timeline as one SVG picture that needs nothing else: for a report, a slide, a question to a teacher.

The colours are told apart with every kind of colour vision (after Okabe and Ito), and no state by its colour alone: not
ready is hatched, terminating is dotted, a restart has a sign, each error its letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from xml.sax.saxutils import escape

from tutor.core.pictures.causes import short
from tutor.core.pictures.draw_lanes import LanePicture, error_letter, lane_picture
from tutor.core.pictures.drawing import wrap_words
from tutor.core.pictures.export_text import CELLS, LABELS, window_words
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lanes import PodPhase, ticks
from tutor.core.timeline import Timeline

CELL, LANE, GAP = 9, 18, 6
"""Pixels: width of a cell, height of a lane, space between two."""
LEFT, RIGHT, TOP = 150, 20, 92
LETTER, LABEL_LINE, LEGEND_LINE = 6.4, 14, 20
"""Pixels: the room of a letter, of a line of changes' words, and of a line of the legend."""
VERSIONS = ("#0072B2", "#CC79A7", "#E69F00")
ERROR, READY, NOT_READY, LEAVING, AWAY, INK, PALE = (
    "#D55E00", "#009E73", "#E69F00", "#8A6FB0", "#777777", "#1A2334", "#66708A",
)  # fmt: skip
FILLS = {PodPhase.READY: READY, PodPhase.NOT_READY: "url(#not-ready)", PodPhase.TERMINATING: "url(#leaving)"}
NAMES = {PodPhase.READY: "ready", PodPhase.NOT_READY: "not ready", PodPhase.TERMINATING: "terminating"}
FONT = "font-family='Helvetica, Arial, sans-serif'"
PATTERNS = f"""<defs>
<pattern id='not-ready' width='6' height='6' patternUnits='userSpaceOnUse' patternTransform='rotate(45)'>
<rect width='6' height='6' fill='#FFF3D6'/><rect width='3' height='6' fill='{NOT_READY}'/></pattern>
<pattern id='leaving' width='5' height='5' patternUnits='userSpaceOnUse'>
<rect width='5' height='5' fill='#EFE8F8'/><circle cx='2.5' cy='2.5' r='1.5' fill='{LEAVING}'/></pattern>
<pattern id='away' width='8' height='8' patternUnits='userSpaceOnUse' patternTransform='rotate(45)'>
<rect width='8' height='8' fill='#F4F4F4'/><rect width='1.5' height='8' fill='{AWAY}'/></pattern>
</defs>"""


def export_svg(
    timeline: Timeline, end: float, per_cell: float = 1.0, *, cells: int = CELLS, title: str = "", service: str = "user"
) -> str:
    """The window of `cells` cells that ends at `end` (Unix seconds). `title`: a line of the caller's, e.g. the step."""
    histories = Histories()
    histories.update(timeline)
    # The labels of a drawing in text are counted in cells as well.
    return svg_of(lane_picture(timeline, histories, end, per_cell, cells + LABELS, service), title)


def svg_of(picture: LanePicture, title: str = "") -> str:
    lanes = [*(picture.traffic.versions[-4:] or ("answers",)), "errors"]
    count = len(lanes) + len(picture.bars)
    width = LEFT + picture.axis.cells * CELL + RIGHT
    bottom = TOP + count * (LANE + GAP)
    words = wrap_words(picture.summary.text, max(30, width // 8))
    labels = _labels(picture, width)
    # More than one line of labels move all that is below the heading down.
    down = LABEL_LINE * max((line for _, _, line in labels), default=0)
    legend, last = _legend(picture, bottom + 24, width)
    height = down + last + 32 + 20 * len(words)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height:g}' "
        f"viewBox='0 0 {width} {height:g}' role='img'>",
        f"<title>{escape(title or window_words(picture))}</title><desc>{escape(picture.summary.text)}</desc>",
        PATTERNS,
        f"<rect width='{width}' height='{height:g}' fill='white'/>",
        _text(16, 28, title or "Traffic and pods", size=16, bold=True),
        _text(16, 48, window_words(picture), fill=PALE),
        f"<g transform='translate(0 {down})'>",
        *_axis(picture, bottom),
        *_changes(picture, labels, bottom),
    ]
    y = TOP
    for lane in lanes:
        parts += _errors(picture, y) if lane == "errors" else _version(picture, lane, y)
        y += LANE + GAP
    for bar in picture.bars:
        parts.append(_text(LEFT - 8, y + 13, f"{short(bar.name)} {bar.version}", anchor="end"))
        parts += _bar(picture, bar.cells, bar.name, y)
        y += LANE + GAP
    parts += _away(picture, bottom)
    parts += legend
    tone = {"good": READY, "bad": ERROR}.get(picture.summary.tone, INK)
    parts += [_text(16, last + 32 + 20 * n, line, size=14, fill=tone, bold=True) for n, line in enumerate(words)]
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


def _x(index: float) -> float:
    return LEFT + index * CELL


def _text(
    x: float, y: float, text: str, *, size: int = 12, fill: str = INK, bold: bool = False, anchor: str = "start"
) -> str:
    weight = " font-weight='bold'" if bold else ""
    return (
        f"<text x='{x:g}' y='{y:g}' {FONT} font-size='{size}' fill='{fill}' text-anchor='{anchor}'{weight}>"
        f"{escape(text)}</text>"
    )


def _rect(start: int, end: int, y: float, fill: str, told: str, height: float = LANE) -> str:
    place = f"x='{_x(start):g}' y='{y:g}' width='{(end - start) * CELL}' height='{height:g}'"
    return f"<rect {place} fill='{fill}'><title>{escape(told)}</title></rect>"


def _upright(x: float, bottom: float, stroke: str, up: int = 0) -> str:
    return f"<line x1='{x:.1f}' y1='{TOP - 10 - up}' x2='{x:.1f}' y2='{bottom - GAP}' {stroke}/>"


def _axis(picture: LanePicture, bottom: float) -> Iterator[str]:
    for mark in ticks(picture.axis, 10):
        at = datetime.fromtimestamp(picture.axis.start + mark * picture.axis.per_cell)
        yield _upright(_x(mark), bottom, "stroke='#DDE3EE'")
        yield _text(_x(mark), TOP - 14, f"{at:%H:%M:%S}", size=10, fill=PALE, anchor="middle")


def _labels(picture: LanePicture, width: int) -> list[tuple[str, float, int]]:
    """(words, where they begin, line) of each change; lines count upwards from the axis. None covers another."""
    found: list[tuple[str, float, int]] = []
    ends: list[float] = []
    for change in picture.changes:
        long = LETTER * len(change.text)
        left = max(4.0, min(_x((change.at - picture.axis.start) / picture.axis.per_cell) - long / 2, width - 4 - long))
        line = next((line for line, end in enumerate(ends) if end <= left), len(ends))
        ends[line : line + 1] = [left + long + 8]
        found.append((change.text, left, line))
    return found


def _changes(picture: LanePicture, labels: Sequence[tuple[str, float, int]], bottom: float) -> Iterator[str]:
    for change, (words, left, line) in zip(picture.changes, labels, strict=True):
        x = _x((change.at - picture.axis.start) / picture.axis.per_cell)
        yield _upright(x, bottom, f"stroke='{INK}' stroke-dasharray='3 3'", up=LABEL_LINE * line + 14 if line else 0)
        yield _text(left, TOP - 28 - LABEL_LINE * line, words, size=11, bold=True)


def _version(picture: LanePicture, version: str, y: float) -> Iterator[str]:
    versions = picture.traffic.versions
    fill = VERSIONS[versions.index(version) % len(VERSIONS)] if version in versions else PALE
    yield _text(LEFT - 8, y + 13, version, fill=fill, bold=True, anchor="end")
    for index, cell in enumerate(picture.traffic.cells):
        if cell is not None and cell.versions[version]:
            count = cell.versions[version]
            told = f"{count} answer{'' if count == 1 else 's'} of {version}"
            yield (
                f"<rect x='{_x(index) + 1:g}' y='{y + 3}' width='{CELL - 2}' height='{LANE - 6}' rx='2' fill='{fill}'>"
                f"<title>{escape(told)}</title></rect>"
            )


def _errors(picture: LanePicture, y: float) -> Iterator[str]:
    yield _text(LEFT - 8, y + 13, "errors", fill=ERROR, bold=True, anchor="end")
    for index, cell in enumerate(picture.traffic.cells):
        if cell is None:
            continue
        if cell.error:
            told = ", ".join(f"{count} x {kind}" for kind, count in cell.errors.most_common())
            yield _rect(index, index + 1, y, ERROR, told)
            yield _text(
                _x(index + 0.5), y + 13, error_letter(cell.error), size=10, fill="white", bold=True, anchor="middle"
            )
        else:
            yield f"<circle cx='{_x(index + 0.5):g}' cy='{y + LANE / 2:g}' r='1' fill='{PALE}'/>"


def _bar(picture: LanePicture, cells: Sequence[PodPhase], name: str, y: float) -> Iterator[str]:
    shown = [PodPhase.NOT_READY if phase is PodPhase.RESTARTED else phase for phase in cells]
    index = 0
    for phase, run in groupby(shown):
        length = len(list(run))
        if phase is not PodPhase.ABSENT:
            yield _rect(index, index + length, y, FILLS[phase], f"{name} {NAMES[phase]}")
        index += length
    for at, restarted in enumerate(phase is PodPhase.RESTARTED for phase in cells):
        if restarted:
            x = _x(at + 0.5)
            yield f"<circle cx='{x:g}' cy='{y + LANE / 2:g}' r='8' fill='white' stroke='{ERROR}' stroke-width='2'/>"
            yield _text(x, y + 13, "R", size=10, fill=ERROR, bold=True, anchor="middle")


def _away(picture: LanePicture, bottom: float) -> Iterator[str]:
    index = 0
    for away, run in groupby(picture.traffic.away):
        length = len(list(run))
        if away:
            yield _rect(index, index + length, TOP - GAP / 2, "url(#away)", "nothing was seen", bottom - TOP)
        index += length


def _legend(picture: LanePicture, y: float, width: float) -> tuple[list[str], float]:
    """The signs and their words in as many lines as they need, and where the last one is."""
    entries = [(READY, "pod ready"), ("url(#not-ready)", "not ready"), ("url(#leaving)", "terminating")]
    if any(picture.traffic.away):
        entries.append(("url(#away)", "nothing seen"))
    kinds = sorted({kind for cell in picture.traffic.cells if cell for kind in cell.errors})
    entries += [("", word) for word in ("R in a circle: restarted", *(f"{error_letter(k)}: {k}" for k in kinds))]
    parts, x = [], 16.0
    for fill, word in entries:
        long = (19 if fill else 0) + LETTER * len(word)
        if x + long > width - 4:
            x, y = 16.0, y + LEGEND_LINE
        if fill:
            parts.append(f"<rect x='{x:g}' y='{y - 10:g}' width='14' height='12' fill='{fill}'/>")
        parts.append(_text(x + (19 if fill else 0), y, word, fill=PALE))
        x += long + 16
    return parts, y
