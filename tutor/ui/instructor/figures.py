"""The few numbers that a room can read from the last row: ready pods, restarts, the version that answers, errors."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Digits, Static

from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered, Timeline
from tutor.kube.podstatus import pod_row
from tutor.lesson.actions import DEPLOYMENT

WINDOW = 60.0
"""Seconds that the errors are counted over."""


@dataclass(frozen=True, slots=True)
class Figures:
    ready: int
    wanted: int
    restarts: int
    version: str
    """That answered last; empty where the last call failed or none was made."""
    errors: int
    """Of the last `WINDOW` seconds."""


def figures(snapshot: ClusterSnapshot | None, timeline: Timeline, now: float) -> Figures:
    """Of the user service."""
    deployment = (snapshot.get("Deployment", DEPLOYMENT) if snapshot else None) or {}
    template = (deployment.get("spec") or {}).get("selector", {}).get("matchLabels") or {}
    rows = [
        pod_row(pod, now)
        for pod in (snapshot.list("Pod") if snapshot and template else ())
        if template.items() <= (pod["metadata"].get("labels") or {}).items()
    ]
    calls = timeline.of(Answered, now - WINDOW)
    return Figures(
        int((deployment.get("status") or {}).get("readyReplicas") or 0),
        int((deployment.get("spec") or {}).get("replicas") or 0),
        sum(row.restarts for row in rows),
        calls[-1].version if calls else "",
        sum(bool(call.error) for call in calls),
    )


class Figure(Vertical):
    DEFAULT_CSS = """
    Figure { width: 1fr; height: 4; padding: 0 1; }
    Figure > Static { height: 1; color: $foreground 70%; text-wrap: nowrap; text-overflow: ellipsis; }
    Figure > Digits { width: auto; height: 3; text-style: bold; }
    Figure.-good > Digits { color: $text-success; }
    Figure.-bad > Digits { color: $text-error; }
    """

    def __init__(self, label: str, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.label = label

    def compose(self) -> ComposeResult:
        yield Static(self.label)
        yield Digits("-")

    def say(self, value: str, label: str, *, good: bool = False, bad: bool = False) -> None:
        self.query_one(Digits).update(value)
        self.query_one(Static).update(label)
        self.set_class(good, "-good")
        self.set_class(bad, "-bad")


class BigFigures(Horizontal):
    DEFAULT_CSS = """
    BigFigures { height: 4; background: $panel; }
    """

    shown: reactive[Figures] = reactive(Figures(0, 0, 0, "", 0))

    def compose(self) -> ComposeResult:
        yield Figure("user ready", id="figure-ready")
        yield Figure("restarts", id="figure-restarts")
        yield Figure("version", id="figure-version")
        yield Figure("errors", id="figure-errors")

    def watch_shown(self, shown: Figures) -> None:
        if not self.children:
            return
        full = shown.ready >= shown.wanted > 0
        self.query_one("#figure-ready", Figure).say(
            str(shown.ready), f"user ready, of {shown.wanted}", good=full, bad=shown.wanted > shown.ready
        )
        self.query_one("#figure-restarts", Figure).say(str(shown.restarts), "restarts")
        answers = shown.version or "-"
        self.query_one("#figure-version", Figure).say(
            answers, "version" if shown.version else "no answer", bad=not shown.version
        )
        self.query_one("#figure-errors", Figure).say(
            str(shown.errors), "errors in 60 s", good=not shown.errors, bad=bool(shown.errors)
        )
