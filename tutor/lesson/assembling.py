"""What the screens see, put together from its sources: session, link, and what was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tutor.checks.evaluate import Evaluation, StepVerdict
from tutor.core.finding import Verdict
from tutor.core.manifest import ManifestFile
from tutor.core.step import Step
from tutor.lesson.connecting import Link
from tutor.lesson.hints import opened_hints
from tutor.lesson.session import Session
from tutor.lesson.view import FileView, LessonView, StepState


class Assembly:
    """`evaluations` and `checked_at`: by the step's slug, as they are at the time."""

    def __init__(
        self, session: Session, link: Link, evaluations: Mapping[str, Evaluation], checked_at: Mapping[str, float]
    ) -> None:
        self._session = session
        self._link = link
        self._evaluations = evaluations
        self._checked_at = checked_at
        self._begun = False
        """A file of the learner was seen."""

    def first(self, current: str) -> LessonView:
        """Before anything was looked at."""
        steps, place = self._session.course.steps, _home(self._session.workspace.folder)
        return LessonView(steps, {}, current, self._link.connection, place, traffic=self._link.traffic)

    def again(self, view: LessonView) -> LessonView:
        """The whole state anew from its sources."""
        step = self._session.step(view.current)
        evaluation = self._evaluations.get(step.slug)
        findings = evaluation.findings if evaluation else ()
        task, hints = opened_hints(self._session, step, evaluation)
        remembered = self._session.progress.of(step.slug)
        live = self._link.live
        files = tuple(self._file(path, findings) for path in (*step.files, *step.given))
        # Once a file is there the folder is not empty any more, in no later step either.
        self._begun = self._begun or any(file.exists for file in files)
        told = [message for message in self._session.messages if not (self._begun and message == self._session.place)]
        return replace(
            view,
            states={other.slug: self._state(other) for other in view.steps},
            connection=self._link.connection,
            files=files,
            findings=findings,
            verdict=str(evaluation.verdict) if evaluation else "",
            checked_at=self._checked_at.get(step.slug),
            snapshot=live.snapshot if live else None,
            service_urls=live.service_urls if live else {},
            hints_shown=len(hints),
            hint_texts=hints,
            hint_task=task.id,
            hints_open=remembered.hints,
            tasks=_tasks(evaluation),
            passed_at=remembered.passed_at,
            evidence=remembered.evidence,
            traffic=self._link.traffic,
            messages=tuple(dict.fromkeys(filter(None, (*told, self._link.timeline.problem)))),
            version=view.version + 1,
        )

    def _state(self, step: Step) -> StepState:
        if self._session.progress.passed(step.slug):
            return StepState.PASSED
        evaluation = self._evaluations.get(step.slug)
        if evaluation is None:
            return StepState.TODO
        unknown = evaluation.verdict is StepVerdict.COULD_NOT_CHECK
        return StepState.UNKNOWN if unknown else StepState.NOT_YET

    def _file(self, path: str, findings: tuple[object, ...]) -> FileView:
        manifest: ManifestFile = self._session.read(path)
        offered = not manifest.exists and bool(self._session.workspace.missing([path]))
        own = tuple(finding for finding in findings if getattr(finding, "file", "") == path)
        return FileView(path, manifest.text or "", manifest.exists, offered, own)  # type: ignore[arg-type]


def _tasks(evaluation: Evaluation | None) -> dict[str, Verdict]:
    """Id of a task → the worst verdict of its checks."""
    order = (Verdict.PASSED, Verdict.SKIPPED, Verdict.UNKNOWN, Verdict.FAILED)
    found: dict[str, Verdict] = {}
    for result in evaluation.results if evaluation else ():
        found[result.task] = max(found.get(result.task, Verdict.PASSED), result.verdict, key=order.index)
    return found


def _home(folder: Path) -> str:
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except ValueError:
        return str(folder)
