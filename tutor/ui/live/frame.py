"""One drawing of the live view: what stands on each line, before any widget is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from tutor.core.pictures.draw_autoscalers import autoscaler_lines
from tutor.core.pictures.draw_events import event_lines, newest_events
from tutor.core.pictures.draw_lanes import (
    LanePicture,
    axis_line,
    bar_lines,
    lane_picture,
    legend_lines,
    mark_line,
    merged_line,
    summary_lines,
    traffic_lines,
)
from tutor.core.pictures.draw_rows import Columns, columns, head_line, row_line
from tutor.core.pictures.draw_services import fewer, service_lines
from tutor.core.pictures.drawing import Glyphs, Line, Role, Span
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.pod_rows import Row, block_of, rows_at, without_lone_sets
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import EventSeen, PodChanged, Timeline
from tutor.lesson.view import Connection, LessonView
from tutor.ui.live.plan import Parts, plan

POLLED = "user"
"""The Service that the version poll asks."""
GATEWAY = "gateway"
"""The one through which it does."""
JUST_CHANGED = 15.0
"""Seconds after a change in which each second of the pod's times is shown."""
MOST_SUMMARY, USUAL_SUMMARY = 6, 3
"""Lines of the summary; so many are kept free, so that nothing below moves when a sentence gets longer."""


@dataclass(frozen=True, slots=True)
class Frame:
    head: Line
    rows: Sequence[Row]
    nothing: list[Line]
    """What is said where there are no rows."""
    height: int
    """Lines that the rows have; there may be more of them."""
    block: tuple[int, int] | None
    """Indexes of the first and last row of the polled Deployments: the ones to see where not all fit."""
    services: list[Line]
    """All of them."""
    shown_services: list[Line]
    lanes: list[Line]
    newest: list[EventSeen]
    events: list[Line]
    at: float
    cols: Columns
    glyphs: Glyphs
    snapshot: ClusterSnapshot | None

    @property
    def seconds_matter(self) -> bool:
        """Whether a pod is new, has just changed or waits for its container's next start."""
        return any(isinstance(row.state, PodChanged) and _is_counted(row.state, self.at) for row in self.rows)

    def row(self, index: int) -> Line:
        """Made when it is seen."""
        return row_line(self.rows[index], self.at, self.cols, self.glyphs, self._raw(self.rows[index]))

    def _raw(self, row: Row) -> dict[str, object] | None:
        """The pod itself, where it is at hand in just this state: its columns are then exact for any pod."""
        if self.snapshot is None or not isinstance(row.state, PodChanged):
            return None
        raw = self.snapshot.get("Pod", row.state.name)
        if raw is None or raw["metadata"].get("resourceVersion") != row.state.resource_version:
            return None
        return raw


def _is_counted(pod: PodChanged, at: float) -> bool:
    waits = pod.started is None and pod.finished is not None and not pod.gone
    return waits or pod.terminating or at - max(pod.at, pod.created) < JUST_CHANGED


def compose(
    view: LessonView,
    timeline: Timeline,
    histories: Histories,
    at: float,
    per_cell: float,
    size: tuple[int, int],
    glyphs: Glyphs,
    *,
    live: bool,
    before: Frame | None = None,
) -> Frame:
    """The view at the moment `at`. `size`: cells and lines; `live`: that moment is now.

    `before`: the frame before it, of the same size, where nothing happened since and time alone went on.
    """
    width, height = size
    rows = rows_at(histories, at)
    nothing = [] if rows else _nothing(view, width)
    picture = lane_picture(timeline, histories, at, per_cell, width, POLLED)
    legend = legend_lines(picture, width, glyphs)
    services = before.services if before else _services(view, histories, at, width, glyphs)
    newest = before.newest if before else newest_events(timeline, at, height)
    wanted = Parts(
        control=1,
        rows=1 + (len(rows) or len(nothing)),
        services=len(services),
        axis=1,
        marks=1,
        traffic=max(1, len(picture.traffic.versions)) + 1,
        bars=len(picture.bars),
        legend=len(legend),
        summary=max(USUAL_SUMMARY, len(summary_lines(picture, width, MOST_SUMMARY, glyphs))),
        events=len(newest),
    )
    got = plan(height, wanted)
    if got.rows < wanted.rows and rows:
        rows = without_lone_sets(rows)
        got = plan(height, replace(wanted, rows=1 + len(rows)))
    cols = columns(width - 1 if len(rows) > got.rows - 1 else width)
    return Frame(
        head_line(cols),
        rows,
        nothing,
        max(0, got.rows - 1),
        block_of(rows, histories.deployments_behind(POLLED, at)),
        services,
        fewer(services, got.services, (POLLED, GATEWAY)),
        _lanes(picture, legend, got, width, glyphs),
        newest,
        _events(newest, got.events, width, glyphs, before),
        at,
        cols,
        glyphs,
        view.snapshot if live else None,
    )


def _services(view: LessonView, histories: Histories, at: float, width: int, glyphs: Glyphs) -> list[Line]:
    """Services and autoscalers: the objects as they are now; what they send to, as it was."""
    if view.snapshot is None:
        return []
    services = service_lines(view.snapshot.list("Service"), histories, view.service_urls, at, width, glyphs)
    return services + autoscaler_lines(view.snapshot.list("HorizontalPodAutoscaler"), width, glyphs)


def _events(newest: list[EventSeen], count: int, width: int, glyphs: Glyphs, before: Frame | None) -> list[Line]:
    if before is not None and len(before.events) == count:
        return before.events
    return event_lines(newest[-count:] if count else (), width, glyphs)


def _lanes(picture: LanePicture, legend: list[Line], got: Parts, width: int, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = [axis_line(picture, width, glyphs)] if got.axis else []
    if got.marks:
        lines.append(mark_line(picture, width, glyphs))
    if got.traffic > 1:
        lines += traffic_lines(picture, width, glyphs)
    elif got.traffic:
        lines.append(merged_line(picture, width, glyphs))
    lines += bar_lines(picture, width, glyphs, got.bars)
    if len(legend) > got.legend:
        legend = legend_lines(picture, width, glyphs, only_drawn=True)
    lines += legend[: got.legend]
    said = summary_lines(picture, width, got.summary, glyphs)
    return [*lines, *said, *([()] * (got.summary - len(said)))]


def _nothing(view: LessonView, width: int) -> list[Line]:
    connection = view.connection
    role: Role = "warn"
    said = connection.message or "No cluster yet."
    if connection.state is Connection.CONNECTED:
        role = "dim"
        said = f"No Deployment and no pod in the namespace {connection.namespace} yet."
    return [(Span(line, role),) for part in said.splitlines() for line in wrap(part, max(10, width))]
