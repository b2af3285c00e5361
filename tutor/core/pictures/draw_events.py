"""The newest Events of the namespace as lines, the newest at the bottom, as in a log."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.calls import clock_time
from tutor.core.pictures.causes import short
from tutor.core.pictures.drawing import Glyphs, Line, Role, Span, fit
from tutor.core.timeline import EventSeen, Timeline

NUMBERED = ("Pod", "ReplicaSet")
"""Kinds whose names begin with that of their Deployment: the end tells them from each other."""
SHOWN_FOR = 3_600.0
"""Seconds that an Event is kept by the API server (its default), and here."""


def newest_events(timeline: Timeline, at: float, most: int) -> list[EventSeen]:
    """Up to `most`, by their times; an Event that was counted again appears once, with its newest count."""
    found: dict[tuple[str, str, str, str], EventSeen] = {}
    for event in reversed(timeline.of(EventSeen, at - SHOWN_FOR)):
        if len(found) >= most:
            break
        if event.at <= at:
            found.setdefault((event.kind, event.name, event.reason, event.message), event)
    return list(found.values())[::-1]


def event_lines(events: Sequence[EventSeen], width: int, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = []
    for event in events:
        warning = event.type == "Warning"
        sign = "!" if warning else " "
        count = f" ({glyphs.times}{event.count})" if event.count > 1 else ""
        about = short(event.name) if event.kind in NUMBERED else event.name
        about = about.replace("…", glyphs.ellipsis)
        head = f"{clock_time(event.at)} {sign} " if width >= 50 else f"{sign} "
        # Some messages have several lines, or tabs.
        words = (f"{event.reason}{count}", f"{event.kind.lower()}/{about}{':' if event.message else ''}", event.message)
        said = " ".join(" ".join(words).split())
        role: Role = "warn" if warning else "text"
        lines.append(
            (Span(head, "dim" if not warning else "warn"), Span(fit(said, width - len(head), glyphs).rstrip(), role))
        )
    return lines
