"""The lesson: steps, text and files, check, live view. Draws a `LessonView`; each key and message is an intent."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer

from tutor.core.finding import Finding
from tutor.core.step import Step
from tutor.lesson.view import LessonPort, LessonView
from tutor.ui.acting import carry_out
from tutor.ui.dialogs.choose import Choose
from tutor.ui.editing import edit
from tutor.ui.keys import bindings
from tutor.ui.live_panel import LivePanel
from tutor.ui.mouse import capture_mouse
from tutor.ui.panes import LABELS, MIDDLE, Arrangement, Pane, arrangement
from tutor.ui.screens.drawing import done_text, draw, pane_badges
from tutor.ui.screens.reading import cheat_sheet, connection_text, help_screen, welcome
from tutor.ui.widgets.badge import ConnectionBadge
from tutor.ui.widgets.check_panel import CheckPanel
from tutor.ui.widgets.chip import Chip
from tutor.ui.widgets.code import CodeView
from tutor.ui.widgets.files_pane import FilesPane
from tutor.ui.widgets.finding_list import FindingList, in_order
from tutor.ui.widgets.hints_pane import HintsPane
from tutor.ui.widgets.notice import Notice
from tutor.ui.widgets.result_bar import ResultBar
from tutor.ui.widgets.step_text import CommandFence, StepText, commands_in
from tutor.ui.widgets.steps import StepList
from tutor.ui.widgets.strip import Name, NameStrip
from tutor.ui.widgets.top_bar import TopBar
from tutor.ui.words import is_problem

NARROW = 60
"""Cells below which names do without their keys."""


class LessonScreen(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    AUTO_FOCUS = ""

    pane: reactive[Pane] = reactive("task", init=False)
    layout_: reactive[Arrangement] = reactive(Arrangement(3, True), init=False)
    selected: reactive[Finding | None] = reactive(None, init=False)

    def __init__(self, lesson: LessonPort) -> None:
        super().__init__()
        self.lesson = lesson
        self.view: LessonView = lesson.view
        self._offered: set[str] = set()
        self._mouse = True

    # What is on the screen.

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield Notice()
        yield NameStrip(id="panes-top", classes="panes")
        with Horizontal(id="body"):
            yield StepList(id="steps")
            with Vertical(id="middle"):
                yield NameStrip(id="panes", classes="panes")
                yield StepText(id="task")
                yield FilesPane(id="files")
                yield HintsPane(id="hints")
                yield StepText(id="done")
                yield CheckPanel(id="check")
            yield LivePanel(self.lesson, id="live")
        yield ResultBar()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._arrange()
        self.show(self.lesson.view)
        self.query_one("#task").focus()

    def on_resize(self, event: events.Resize) -> None:
        self.layout_ = arrangement(event.size.width, event.size.height)
        self.query_one(TopBar).room = event.size.width
        self.query_one(Footer).compact = event.size.width < NARROW
        self._name_panes()

    def show(self, view: LessonView) -> None:
        """Draw what differs from what was drawn last."""
        before, self.view = self.view, view
        if not self.children:
            return
        moved = view.current != before.current
        draw(self, view)
        if moved:
            self.selected = None
            if self.pane in ("done", "hints"):
                self.pane = "task"
        if self.selected not in view.findings:
            self.selected = next((f for f in in_order(view.findings) if is_problem(f)), None)
        self._name_panes()
        if view.passed_at is not None and before.passed_at is None and not moved:
            self._celebrate()

    def _celebrate(self) -> None:
        step = self.step
        self.query_one(CheckPanel).add_class("-just-passed")
        self.set_timer(6, lambda: self.query_one(CheckPanel).remove_class("-just-passed"))
        self.notify(
            "d tells what happened and why; n goes on.", title=f"✓ {step.number}. {step.title}: passed", timeout=8
        )

    @property
    def step(self) -> Step:
        return next(step for step in self.view.steps if step.slug == self.view.current)

    # Panes.

    def watch_pane(self) -> None:
        self._arrange()

    def watch_layout_(self, layout: Arrangement) -> None:
        if self.pane in layout.fixed:
            self.pane = "task"
        self._arrange()

    def _arrange(self) -> None:
        layout = self.layout_
        seen = layout.seen(self.pane)
        for pane in LABELS:
            self.query_one(f"#{pane}").display = pane in seen
        self.query_one("#middle").display = bool(seen & {*MIDDLE, "check"})
        for name in ("three", "two", "one"):
            self.set_class(layout.columns == {"three": 3, "two": 2, "one": 1}[name], f"-{name}")
        self.set_class(layout.stacked, "-stacked")
        self._tell_once()
        self._name_panes()

    def _name_panes(self) -> None:
        badges = pane_badges(self.view)
        narrow = self.size.width < NARROW
        numbers = {pane: "" if narrow else str(number) for number, pane in enumerate(LABELS, 1)}
        names = tuple(
            Name(pane, LABELS[pane], numbers[pane], *badges.get(pane, ("", "")))
            for pane in self.layout_.choices(bool(done_text(self.view)))
        )
        for strip in self.query(".panes").results(NameStrip):
            strip.names, strip.chosen = names, self.pane

    def action_pane(self, pane: str) -> None:
        wanted = cast(Pane, pane)
        if wanted == "done" and not done_text(self.view):
            self.notify("What happened and why can be read here when the step is passed.")
            return
        if wanted not in self.layout_.fixed:
            self.pane = wanted
        widget = self.query_one({"files": "#code", "check": "FindingList", "hints": "#hint-text"}.get(pane, f"#{pane}"))
        if widget.focusable:
            widget.focus()
        else:
            self.call_after_refresh(widget.focus)

    def on_name_strip_chosen(self, event: NameStrip.Chosen) -> None:
        self.action_pane(event.name)

    # Findings and files.

    def watch_selected(self, finding: Finding | None) -> None:
        self.query_one(FindingList).selected = finding
        self.query_one(FilesPane).selected = finding

    def action_finding(self, by: int) -> None:
        problems = [finding for finding in in_order(self.view.findings) if is_problem(finding)]
        if not problems:
            self.notify("There is nothing to mend." if self.view.findings else "Nothing was checked yet: press c.")
            return
        # The one that is selected already is shown first; only then the next one.
        seen = self.pane == "files" or not (self.selected and self.selected.file)
        if self.selected in problems and seen:
            self.selected = problems[(problems.index(self.selected) + by) % len(problems)]
        elif self.selected not in problems:
            self.selected = problems[0]
        self._go_to(self.selected)

    def _go_to(self, finding: Finding | None) -> None:
        if finding is None:
            return
        self.selected = finding
        if any(file.path == finding.file for file in self.view.files):
            self.pane = "files"
            self.query_one(FilesPane).show_finding(finding)
        elif "check" not in self.layout_.fixed:
            self.pane = "check"

    def on_files_pane_shown(self) -> None:
        self._tell_once()

    def on_finding_list_selected(self, event: FindingList.Selected) -> None:
        self._go_to(event.finding)

    def on_finding_list_moved(self, event: FindingList.Moved) -> None:
        self.selected = event.finding
        if self.pane == "files":
            self.query_one(FilesPane).show_finding(event.finding)

    def on_code_view_finding_clicked(self, event: CodeView.FindingClicked) -> None:
        self.selected = event.finding

    def _tell_once(self) -> None:
        """What a file on the screen tells in full, the list of findings tells in a line."""
        shown = {self.query_one(FilesPane).shown} if self.pane == "files" else set()
        self.query_one(FindingList).told_elsewhere = frozenset(shown)

    def action_file(self, by: int) -> None:
        self.pane = "files"
        self.query_one(FilesPane).move(by)

    def action_edit(self) -> None:
        files = self.query_one(FilesPane)
        chosen = self.selected
        if self.pane != "files" and chosen and chosen.file in [file.path for file in self.view.files]:
            files.show_finding(chosen)
        if not files.shown:
            self.notify("This step has no file of its own.")
            return
        line = chosen.line if chosen and chosen.file == files.shown else None
        self._start(self._edit(files.shown, line), "edit")

    async def _edit(self, path: str, line: int | None) -> None:
        if problem := await edit(cast(Any, self.app), self.lesson.path_of(path), line):
            self.notify(problem, severity="warning", timeout=10)

    # Intents.

    def _start(self, work: Awaitable[Any], group: str) -> None:
        self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def action_check(self) -> None:
        if "check" not in self.layout_.fixed and self.pane not in ("check", "files"):
            self.pane = "check"
        self._start(self.lesson.check(), "check")

    def action_next_step(self) -> None:
        self._start(self.lesson.next_step(), "walk")

    def action_previous_step(self) -> None:
        self._start(self.lesson.previous_step(), "walk")

    def on_step_list_chosen(self, event: StepList.Chosen) -> None:
        self._start(self.lesson.go_to(event.slug), "walk")
        if self.pane == "steps":
            self.pane = "task"

    def action_hint(self) -> None:
        hints = self.query_one(HintsPane)
        if self.pane != "hints":
            self.action_pane("hints")
            if hints.open_count:
                return
        hints.ask()

    def on_hints_pane_wanted(self, event: HintsPane.Wanted) -> None:
        self._start(self.lesson.more_hint(event.about), "hint")

    def action_act(self, action: str) -> None:
        self._start(carry_out(cast(Any, self), self.lesson, action), "act")

    def action_starters(self) -> None:
        missing = tuple(file.path for file in self.view.files if file.starter_offered)
        if not missing:
            self.notify("No file of this step is missing.")
            return
        self._start(self._write_starters(missing), "starters")

    async def _write_starters(self, missing: tuple[str, ...]) -> None:
        self.query_one(ResultBar).result = await self.lesson.write_starters(missing)

    def action_traffic(self) -> None:
        self._start(self.lesson.set_traffic(not self.view.traffic.running), "traffic")

    def action_commands(self) -> None:
        own = [self.lesson.preview(action) for action in (["apply"] if self.view.files else [])]
        commands = tuple(dict.fromkeys([*own, *commands_in(self.step.text)]))
        self.app.push_screen(Choose("Copy a command", commands), self._copy)

    def _copy(self, text: str | None) -> None:
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(text.splitlines()[0], title="Copied")

    def on_command_fence_copied(self, event: CommandFence.Copied) -> None:
        self._copy(event.text)

    def action_dismiss_result(self) -> None:
        self.query_one(ResultBar).result = None

    def action_docs(self) -> None:
        page = (self.selected.source if self.selected else "") or self.step.docs
        if page:
            self.app.open_url(page)
            self.notify(page, title="Opened in your browser")

    def action_mouse(self) -> None:
        self._mouse = not self._mouse
        capture_mouse(cast(Any, self.app), self._mouse)
        self.notify(
            "The mouse works here again."
            if self._mouse
            else "The mouse is the terminal's now: select and copy as anywhere else. m takes it back."
        )

    # Texts.

    def action_help(self) -> None:
        self.app.push_screen(help_screen())

    def action_cheat_sheet(self) -> None:
        self.app.push_screen(cheat_sheet(self.lesson.texts))

    def action_welcome(self) -> None:
        self.app.push_screen(welcome(self.lesson.texts))

    def action_connection(self) -> None:
        self.app.push_screen(connection_text(self.view))

    def on_connection_badge_asked(self, event: ConnectionBadge.Asked) -> None:
        self.action_connection()

    async def on_chip_pressed(self, event: Chip.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)
