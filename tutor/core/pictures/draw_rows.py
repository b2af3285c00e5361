"""Deployments, ReplicaSets and pods as lines, in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.core.pictures.drawing import Glyphs, Line, Role, Span, fit, fit_name
from tutor.core.pictures.pod_rows import Condition, PodText, Row, pod_text
from tutor.core.timeline import HELD_UP, DeploymentChanged, PodChanged, ReplicaSetChanged

READY, STATUS, RESTARTS, AGE = 5, 17, 13, 5
LONG_STATUS = 21
"""Where there is room: "Init:CrashLoopBackOff"."""
IMAGE_AND_NOTE = 70
"""Cells that user's image has with when it starts again and its back-off."""
SIGN = 3
LONGEST_NAME = 37
CONDITION_ROLES: dict[Condition, Role] = {
    Condition.READY: "good",
    Condition.NEW: "new",
    Condition.STARTING: "warn",
    Condition.NOT_READY: "warn",
    Condition.RESTARTING: "bad",
    Condition.STUCK: "bad",
    Condition.TERMINATING: "leaving",
    Condition.ENDED: "dim",
    Condition.GONE: "gone",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of a table of pods; 0: the column is left out. Between two columns is one cell."""

    width: int
    sign: int
    name: int
    ready: int
    status: int
    restarts: int
    age: int
    image: int
    """Image and what the tutor says of the pod."""


def columns(width: int) -> Columns:
    """What fits: from 40 cells (the name's end, restarts as a number) to all of it with the image.

    The widths depend on nothing else, so that no column moves when a longer word comes along.
    """
    if width < 58:
        fixed = SIGN + 1 + (READY + 1) + (STATUS + 1) + 3
        age = AGE if width - fixed - AGE - 1 >= 8 else 0
        return Columns(width, SIGN, max(6, width - fixed - (age + 1 if age else 0)), READY, STATUS, 3, age, 0)
    rest = width - SIGN - 1 - (READY + 1) - (STATUS + 1) - (RESTARTS + 1) - AGE
    longer = LONG_STATUS - STATUS
    if rest - LONGEST_NAME - longer >= IMAGE_AND_NOTE + 2:
        image = rest - LONGEST_NAME - longer - 2
        return Columns(width, SIGN, LONGEST_NAME, READY, LONG_STATUS, RESTARTS, AGE, image)
    if rest - LONGEST_NAME >= 24:
        return Columns(width, SIGN, LONGEST_NAME, READY, STATUS, RESTARTS, AGE, rest - LONGEST_NAME - 2)
    return Columns(width, SIGN, max(8, min(rest, LONGEST_NAME)), READY, STATUS, RESTARTS, AGE, 0)


def head_line(cols: Columns) -> Line:
    texts = ["NAME".ljust(cols.sign + cols.name), "READY".ljust(cols.ready), "STATUS".ljust(cols.status)]
    texts.append("RESTARTS".ljust(cols.restarts) if cols.restarts >= 8 else "RST")
    if cols.age:
        texts.append("AGE".ljust(cols.age))
    if cols.image:
        texts.append("IMAGE")
    return (Span(_cut(" ".join(texts), cols.width), "head"),)


def row_line(row: Row, at: float, cols: Columns, glyphs: Glyphs, raw: Mapping[str, Any] | None = None) -> Line:
    match row.state:
        case DeploymentChanged():
            return _deployment(row.state, cols, glyphs)
        case ReplicaSetChanged():
            return _replica_set(row.state, cols, glyphs)
        case PodChanged():
            return _pod(pod_text(row, at, raw), cols, glyphs)


def _deployment(state: DeploymentChanged, cols: Columns, glyphs: Glyphs) -> Line:
    old = max(0, (state.total or 0) - state.updated)
    counts = [f"{state.updated} up-to-date", f"{state.available} available"]
    if old:
        counts.insert(1, f"{old} old")
    rolling = is_rolling_out(state)
    if state.hold:
        counts.insert(0, state.hold)
    elif rolling:
        counts.insert(0, "rolling out")
    whole = min(state.ready, state.available) >= state.replicas
    role: Role = "good" if whole and not rolling else "warn"
    if state.gone:
        counts, role = ["(gone)"], "gone"
    name = Span(fit(state.name, cols.sign + cols.name, glyphs) + " ", "gone" if state.gone else "title")
    ready = 0 if state.gone else state.ready
    return _owner_line(name, f"{ready}/{state.replicas}", role, "Deployment", counts, cols, glyphs)


def is_rolling_out(state: DeploymentChanged) -> bool:
    """Whether pods of an old template are still to be replaced. Source: kubectl rollout status.

    That also waits while new pods are not available, all old ones being gone: then READY tells it, as of a crash.
    """
    if state.observed_generation < state.generation or state.updated < state.replicas:
        return True
    return state.total is not None and state.total > state.updated


def _replica_set(state: ReplicaSetChanged, cols: Columns, glyphs: Glyphs) -> Line:
    role: Role = "dim" if not state.desired else "good" if state.ready >= state.desired else "warn"
    said = [state.image] if state.desired else [state.image, "old"]
    if state.gone:
        said, role = ["(gone)"], "gone"
    branch = f" {glyphs.last_branch} "
    name = branch + fit_name(state.name, cols.sign + cols.name - len(branch), glyphs) + " "
    return _owner_line(
        Span(name, "gone" if state.gone else "text"),
        f"{0 if state.gone else state.ready}/{state.desired}",
        role,
        "ReplicaSet",
        said,
        cols,
        glyphs,
    )


def _owner_line(
    name: Span, ready: str, role: Role, kind: str, said: Sequence[str], cols: Columns, glyphs: Glyphs
) -> Line:
    """A Deployment's or ReplicaSet's line: its kind stands where a pod has its STATUS, where all else fits behind it.

    `said`: what matters most first; the last of it goes where there is no room.
    """
    spans = (name, Span(fit(ready, cols.ready, glyphs) + " ", role))
    room = cols.width - sum(len(span.text) for span in spans)
    dot = f" {glyphs.dot} "
    ways = [dot.join((kind, *said)), *(dot.join(said[:count]) for count in range(len(said), 0, -1))]
    # The word of Kubernetes can be looked up, where there is no room to say what it is.
    ways.append(said[0].removeprefix(HELD_UP))
    words = next((way for way in ways if len(way) <= room), ways[-1])
    return (*spans, Span(fit(words, room, glyphs).rstrip(), "gone" if role == "gone" else "dim"))


def _pod(pod: PodText, cols: Columns, glyphs: Glyphs) -> Line:
    role = CONDITION_ROLES[pod.condition]
    faded = pod.condition is Condition.GONE
    text: Role = "gone" if faded else "text"
    sign = _sign(pod, glyphs)
    restarts = pod.restarts if cols.restarts >= 8 else pod.restarts.partition(" ")[0]
    spans = [
        Span(f"  {sign}", role),
        Span(f" {fit_name(pod.name, cols.sign + cols.name - len(sign) - 3, glyphs)} ", text),
        Span(fit(pod.ready, cols.ready, glyphs) + " ", role),
        Span(fit(pod.status, cols.status, glyphs) + " ", role),
        Span(fit(restarts, cols.restarts, glyphs), text),
    ]
    if cols.age:
        spans.append(Span(" " + fit(pod.age, cols.age, glyphs), text))
    if cols.image:
        spans.append(Span("  "))
        spans += _image_and_note(pod, cols.image, role, glyphs)
    return tuple(spans)


def _sign(pod: PodText, glyphs: Glyphs) -> str:
    """The pod's sign; in the back-off the seconds that are left stand beside it."""
    left = f"{pod.seconds:.0f}s" if pod.seconds else ""
    return f"{glyphs.pod(pod.condition)}{left}"


def _image_and_note(pod: PodText, width: int, role: Role, glyphs: Glyphs) -> list[Span]:
    """Both where there is room; else the note alone, since the ReplicaSet's line has the image."""
    dim: Role = "gone" if pod.condition is Condition.GONE else "dim"
    notes = [note for note in notes_of(pod) if len(note) <= width]
    if not notes:
        return [Span(fit(pod.image, width, glyphs).rstrip(), dim)]
    for note in notes:
        if len(pod.image) + 2 + len(note) <= width:
            return [Span(f"{pod.image}  ", dim), Span(note, role)]
    return [Span(notes[0], role)]


def notes_of(pod: PodText) -> tuple[str, ...]:
    """What the columns do not say, the longest way first."""
    match pod.condition:
        case Condition.RESTARTING if pod.seconds:
            left = f"{pod.seconds:.0f} s"
            return (f"starts again in about {left} (back-off {pod.back_off:.0f} s)", f"again in {left}")
        case Condition.RESTARTING if pod.seconds is None:
            # Another container than the first, or one of those that run before it: its end was not recorded.
            return ("starts again after its back-off", "starts again")
        case Condition.RESTARTING:
            return ("starts again any moment", "starts again")
        case Condition.NEW:
            return ("new",)
        case Condition.STARTING:
            return ("starting",)
        case Condition.NOT_READY:
            return ("runs, not ready", "not ready")
        case Condition.STUCK:
            return ("cannot start",)
        case Condition.TERMINATING:
            return ("is being stopped", "stopping")
        case Condition.ENDED:
            return ("ended",)
        case Condition.GONE:
            return ("gone",)
    return ()


def _cut(text: str, width: int) -> str:
    return text[:width].ljust(width)
