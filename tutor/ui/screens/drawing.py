"""From a view of the lesson to the reactives of the widgets: each widget redraws only where its own part differs."""

from __future__ import annotations

from textual.screen import Screen

from tutor.core.finding import Severity, Verdict
from tutor.core.step import Step
from tutor.core.timeline import Timeline
from tutor.lesson.view import LessonView, StepState
from tutor.ui.live.panel import LivePanel
from tutor.ui.panes import Pane
from tutor.ui.widgets.action_bar import ActionBar
from tutor.ui.widgets.check_panel import CheckPanel
from tutor.ui.widgets.files_pane import FilesPane
from tutor.ui.widgets.hints_pane import HintsPane
from tutor.ui.widgets.notice import Notice
from tutor.ui.widgets.offer import Offer
from tutor.ui.widgets.step_text import StepText
from tutor.ui.widgets.steps import StepList
from tutor.ui.widgets.top_bar import TopBar
from tutor.ui.widgets.verdict import VerdictBar
from tutor.ui.words import FAILED, STEP, WARNING


def draw(screen: Screen[None], view: LessonView, timeline: Timeline, now: float) -> None:
    step = next(step for step in view.steps if step.slug == view.current)
    _frame(screen, view, step)
    steps = screen.query_one(StepList)
    steps.steps, steps.states, steps.tasks, steps.current = view.steps, view.states, view.tasks, view.current
    screen.query_one("#task", StepText).text = step.text
    screen.query_one("#done", StepText).text = done_text(view)
    screen.query_one(FilesPane).files = view.files
    hints = screen.query_one(HintsPane)
    hints.step, hints.at_hand, hints.opened = step, view.hint_task, view.hints_open
    hints.passed = view.passed_at is not None
    _check(screen, view, step)
    screen.query_one(LivePanel).show(view, timeline, now)


def _frame(screen: Screen[None], view: LessonView, step: Step) -> None:
    bar = screen.query_one(TopBar)
    counted = [other for other in view.steps if not other.bonus]
    bar.passed = sum(view.states.get(other.slug) is StepState.PASSED for other in counted)
    bar.total = len(counted)
    bar.step = f"{step.number}. {step.title}"
    bar.show_connection(view.connection)
    notice = screen.query_one(Notice)
    notice.connection, notice.remarks = view.connection, view.messages
    screen.query_one(Offer).missing = tuple(file.path for file in view.files if file.starter_offered)


def _check(screen: Screen[None], view: LessonView, step: Step) -> None:
    panel = screen.query_one(CheckPanel)
    panel.verdict, panel.findings = view.verdict, view.findings
    verdict = screen.query_one(VerdictBar)
    verdict.checking = view.checking
    verdict.passed_before = view.passed_at is not None
    actions = screen.query_one(ActionBar)
    so_far = [other.action for other in view.steps if other.number <= step.number]
    actions.apply = bool(step.files or step.given)
    actions.crash = "crash" in so_far
    actions.roll = any(action.startswith("roll:") for action in so_far)
    kind, _, image = step.action.partition(":")
    actions.wanted = f"roll:{image.rpartition(':')[2]}" if kind == "roll" else step.action
    actions.traffic = view.traffic.running


def done_text(view: LessonView) -> str:
    """What happened and why, with what the checks saw; empty before the step is passed."""
    if view.passed_at is None:
        return ""
    step = next(step for step in view.steps if step.slug == view.current)
    seen = "\n".join(f"- {sentence}" for sentence in dict.fromkeys(view.evidence))
    return f"{step.done.strip()}\n\n## What the checks saw\n\n{seen}\n" if seen else step.done


def pane_badges(view: LessonView) -> dict[Pane, tuple[str, str]]:
    """Pane → what stands beside its name, and its style."""
    badges: dict[Pane, tuple[str, str]] = {}
    marked = [finding for file in view.files for finding in file.findings if finding.verdict is Verdict.FAILED]
    blocking = sum(finding.severity is Severity.ERROR for finding in marked)
    if blocking:
        badges["files"] = (f"{FAILED.sign}{blocking}", FAILED.style)
    elif marked:
        badges["files"] = (WARNING.sign, WARNING.style)
    elif any(not file.exists for file in view.files):
        badges["files"] = ("new", "$text-warning")
    opened = view.hints_open.get(view.hint_task, 0)
    if opened:
        badges["hints"] = (f"{opened}/3", "$foreground 60%")
    state = view.states.get(view.current, StepState.TODO)
    if view.verdict:
        verdict = {"passed": StepState.PASSED, "not-yet": StepState.NOT_YET}.get(view.verdict, StepState.UNKNOWN)
        badges["check"] = (STEP[verdict].sign, STEP[verdict].style)
    if state is StepState.PASSED:
        badges["done"] = ("✓", STEP[StepState.PASSED].style)
    return badges
