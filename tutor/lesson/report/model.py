"""A learner's report as values: what the text, the JSON and the HTML of it all say.

Its JSON is `{"kind": "homics-tutor-report", "format": 1, …}`; an HTML report carries the same JSON inside, so that both
can be merged. Nothing in it names a person or a machine: see `report_redact`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

KIND, FORMAT = "homics-tutor-report", 1

State = Literal["passed", "begun", "to do"]


@dataclass(frozen=True, slots=True)
class ReportedCheck:
    verdict: str
    """"passed", "failed", "skipped" or "unknown"."""
    message: str
    place: str = ""
    """"kube/user/deployment.yaml:17:18"; empty for one about the cluster."""
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class ReportedHints:
    task: str
    """Title of the task."""
    opened: int
    """Tiers that were opened, 1 to 3."""


@dataclass(frozen=True, slots=True)
class ReportedStep:
    slug: str
    number: int
    title: str
    bonus: bool
    state: State
    begun_at: float | None
    """Unix seconds."""
    passed_at: float | None
    attempts: int
    """Checks that were asked for and did not pass."""
    hints: tuple[ReportedHints, ...]
    checks: tuple[ReportedCheck, ...]
    """Of a passed step: what its checks saw when it passed. Else what the files alone say now."""
    seen: tuple[str, ...]
    """What the recording shows of the time of this step, a sentence each with its time of day."""
    picture: str = ""
    """SVG of the traffic lane of that time; empty where nothing of it was recorded."""
    lane: tuple[str, ...] = ()
    """The same as lines of text."""

    @property
    def seconds(self) -> float | None:
        if self.begun_at is None or self.passed_at is None:
            return None
        return max(0.0, self.passed_at - self.begun_at)

    @property
    def hints_used(self) -> int:
        return sum(hint.opened for hint in self.hints)


@dataclass(frozen=True, slots=True)
class ReportedFile:
    path: str
    """Relative to the workspace."""
    text: str
    """Empty where it cannot be read; then `remark` says why."""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    made_at: float
    """Unix seconds."""
    version: str
    """Of homics-tutor."""
    course: str
    """Title of the course."""
    name: str
    """What the learner called the report; empty where nothing was given."""
    steps: tuple[ReportedStep, ...]
    files: tuple[ReportedFile, ...]

    @property
    def passed(self) -> int:
        return sum(step.state == "passed" for step in self.steps)

    @property
    def hints_used(self) -> int:
        return sum(step.hints_used for step in self.steps)

    @property
    def seconds(self) -> float:
        """From the beginning to the passing of each passed step, together; pauses between steps do not count."""
        return sum(step.seconds or 0.0 for step in self.steps)


class NotAReport(Exception):
    """Text that is no report; says why, for whoever collected it."""


def to_json(report: Report) -> str:
    return json.dumps({"kind": KIND, "format": FORMAT, **asdict(report)}, indent=1, ensure_ascii=False)


def from_json(text: str) -> Report:
    """Raises: `NotAReport`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAReport("is no JSON") from error
    if not isinstance(data, Mapping) or data.get("kind") != KIND:
        raise NotAReport("is no report of homics-tutor")
    if data.get("format") != FORMAT:
        raise NotAReport(f"is a report of format {data.get('format')!r}; this homics-tutor reads format {FORMAT}")
    try:
        return Report(
            float(data["made_at"]),
            str(data["version"]),
            str(data["course"]),
            str(data["name"]),
            tuple(_step(step) for step in data["steps"]),
            tuple(ReportedFile(str(f["path"]), str(f["text"]), str(f.get("remark", ""))) for f in data["files"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NotAReport("is a report that was damaged") from error


def _step(data: Any) -> ReportedStep:
    state = data["state"]
    if state not in ("passed", "begun", "to do"):
        raise ValueError(state)
    return ReportedStep(
        str(data["slug"]),
        int(data["number"]),
        str(data["title"]),
        bool(data["bonus"]),
        state,
        _time(data["begun_at"]),
        _time(data["passed_at"]),
        int(data["attempts"]),
        tuple(ReportedHints(str(hint["task"]), int(hint["opened"])) for hint in data["hints"]),
        tuple(
            ReportedCheck(
                str(check["verdict"]),
                str(check["message"]),
                str(check.get("place", "")),
                str(check.get("found", "")),
                str(check.get("expected", "")),
            )
            for check in data["checks"]
        ),
        tuple(str(sentence) for sentence in data["seen"]),
        str(data.get("picture", "")),
        tuple(str(line) for line in data.get("lane", ())),
    )


def _time(value: Any) -> float | None:
    return None if value is None else float(value)


def duration(seconds: float | None) -> str:
    """ "0:45", "12:03", "1:02:07"; "" for None."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
