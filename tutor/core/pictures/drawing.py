"""What is drawn, before it is known where: lines of spans, each a text and the role that it plays.

A screen gives the roles its theme's styles, the text export leaves them out, the SVG export has colours of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal, NamedTuple

from tutor.core.pictures.lanes import PodPhase
from tutor.core.pictures.pod_rows import Condition

Role = Literal[
    "text",
    "dim",
    "title",
    "head",
    "good",
    "warn",
    "bad",
    "leaving",
    "gone",
    "new",
    "away",
    "link",
    "version1",
    "version2",
    "version3",
    "error",
]


class Span(NamedTuple):
    text: str
    role: Role = "text"


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs of one kind of terminal. Each is one cell wide."""

    answer: str
    error: str
    good: str
    ready: str
    not_ready: str
    terminating: str
    restarted: str
    away: str
    tick: str
    pod_ready: str
    pod_new: str
    pod_starting: str
    pod_not_ready: str
    pod_restarting: str
    pod_stuck: str
    pod_terminating: str
    pod_ended: str
    pod_gone: str
    branch: str
    last_branch: str
    ellipsis: str
    mark: str
    held: str
    play: str
    times: str
    arrow: str
    dot: str

    def bar(self, phase: PodPhase) -> str:
        return (" ", self.ready, self.terminating, self.not_ready, self.restarted)[phase]

    def pod(self, condition: Condition) -> str:
        return {
            Condition.READY: self.pod_ready,
            Condition.NEW: self.pod_new,
            Condition.STARTING: self.pod_starting,
            Condition.NOT_READY: self.pod_not_ready,
            Condition.RESTARTING: self.pod_restarting,
            Condition.STUCK: self.pod_stuck,
            Condition.TERMINATING: self.pod_terminating,
            Condition.ENDED: self.pod_ended,
            Condition.GONE: self.pod_gone,
        }[condition]


UNICODE = Glyphs(
    answer="■",
    error="✗",
    good="✓",
    ready="▇",
    not_ready="░",
    terminating="▒",
    restarted="↻",
    away="╱",
    tick="╷",
    pod_ready="●",
    pod_new="+",
    pod_starting="○",
    pod_not_ready="○",
    pod_restarting="↻",
    pod_stuck="✗",
    pod_terminating="▾",
    pod_ended="■",
    pod_gone="×",
    branch="├",
    last_branch="└",
    ellipsis="…",
    mark="▼",
    held="‖",
    play="▶",
    times="×",
    arrow="→",
    dot="·",
)
ASCII = Glyphs(
    answer="o",
    error="x",
    good="+",
    ready="#",
    not_ready=".",
    terminating="~",
    restarted="R",
    away="/",
    tick="|",
    pod_ready="*",
    pod_new="+",
    pod_starting="o",
    pod_not_ready="o",
    pod_restarting="R",
    pod_stuck="!",
    pod_terminating="v",
    pod_ended="=",
    pod_gone="x",
    branch="|",
    last_branch="`",
    ellipsis="~",
    mark="v",
    held="=",
    play=">",
    times="x",
    arrow=">",
    dot="-",
)


def fit(text: str, width: int, glyphs: Glyphs) -> str:
    """Exactly `width` cells; what is too long loses its end."""
    if len(text) <= width:
        return text.ljust(width)
    return text[: width - 1] + glyphs.ellipsis if width > 0 else ""


def fit_name(name: str, width: int, glyphs: Glyphs) -> str:
    """Exactly `width` cells; what is too long loses its beginning, since names of pods differ at their end."""
    if len(name) <= width:
        return name.ljust(width)
    return glyphs.ellipsis + name[len(name) - width + 1 :] if width > 1 else name[:width]


def wrap_words(text: str, width: int, indent: str = "", most: int | None = None, placeholder: str = "") -> list[str]:
    """Lines of a sentence, those behind the first with `indent`; a number of seconds keeps its unit.

    `most`: lines; what is behind them is left out, and `placeholder` says so.
    """
    kept = re.sub(r"(\d) s\b", "\\1\N{NO-BREAK SPACE}s", text)
    lines = wrap(kept, width, subsequent_indent=indent, max_lines=most, placeholder=placeholder)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def text_of(line: Line) -> str:
    return "".join(span.text for span in line).rstrip()


def width_of(line: Line) -> int:
    return sum(len(span.text) for span in line)
