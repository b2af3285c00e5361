"""What the learner asks for, by key or mouse, and who does it. Each await runs in a worker."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, cast

from textual.reactive import reactive
from textual.worker import Worker, WorkerState

from tutor.core.finding import Finding
from tutor.lesson.view import LessonPort
from tutor.ui.acting import carry_out
from tutor.ui.defects import defect_sentence
from tutor.ui.dialogs.choose import Choose
from tutor.ui.editing import edit
from tutor.ui.live.panel import LivePanel
from tutor.ui.live.rates import next_rate
from tutor.ui.live.saving import save_window
from tutor.ui.screens.panes_screen import PanesScreen
from tutor.ui.screens.reading import cheat_sheet, connection_text, help_screen, welcome
from tutor.ui.short_words import overtaken, put_away
from tutor.ui.widgets.badge import ConnectionBadge
from tutor.ui.widgets.chip import Chip
from tutor.ui.widgets.command_fence import CommandFence, commands_in
from tutor.ui.widgets.files_pane import FilesPane
from tutor.ui.widgets.hints_pane import HintsPane
from tutor.ui.widgets.notice import Notice
from tutor.ui.widgets.result_bar import ResultBar
from tutor.ui.widgets.steps import StepList


class IntentScreen(PanesScreen):
    selected: reactive[Finding | None] = reactive(None, init=False)
    """The finding that the learner is at."""

    def __init__(self, lesson: LessonPort) -> None:
        super().__init__(lesson)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def start(self, work: Awaitable[Any], group: str) -> None:
        """Run `work` beside the screen. What it raises becomes a sentence, and the app goes on."""
        self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def queue(self, work: Callable[[], Awaitable[Any]], group: str) -> None:
        """As `start`, behind what was asked for before: no key that is pressed quickly is lost."""

        async def in_turn() -> None:
            async with self._turns[group]:
                await work()

        self.run_worker(in_turn(), group=group, exit_on_error=False)

    def act(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Act on the cluster. What is under way is neither broken off nor begun twice."""
        if any(worker.group == "act" and not worker.is_finished for worker in self.workers):
            self.notify("One thing at a time: the last command is still under way.")
        else:
            self.start(work(), "act")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            sentence = defect_sentence("That did not work", event.worker.error)
            self.notify(sentence, severity="error", timeout=15, markup=False)

    async def on_chip_pressed(self, event: Chip.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)

    # Check and hints.

    def action_check(self) -> None:
        if "check" not in self.arranged.fixed and self.pane not in ("check", "files"):
            self.pane = "check"
        # What the last command said is overtaken by what is asked for now.
        self.query_one(ResultBar).result = None
        overtaken(self.app)
        self.start(self.lesson.check(), "check")

    def action_hint(self) -> None:
        hints = self.query_one(HintsPane)
        if self.pane != "hints":
            self.action_pane("hints")
            if hints.open_count:
                return
        hints.ask()

    def on_hints_pane_wanted(self, event: HintsPane.Wanted) -> None:
        self.queue(lambda: self.lesson.more_hint(event.about), "hint")

    # The steps.

    def action_next_step(self) -> None:
        self.queue(self.lesson.next_step, "walk")

    def action_previous_step(self) -> None:
        self.queue(self.lesson.previous_step, "walk")

    def on_step_list_chosen(self, event: StepList.Chosen) -> None:
        self.queue(lambda: self.lesson.go_to(event.slug), "walk")
        if self.pane == "steps":
            self.pane = "task"

    # The cluster.

    def action_act(self, action: str) -> None:
        self.act(lambda: carry_out(cast(Any, self), self.lesson, action))

    def action_traffic(self) -> None:
        self.queue(self._turn_traffic, "traffic")

    async def _turn_traffic(self) -> None:
        running = not self.lesson.view.traffic.running
        await self.lesson.set_traffic(running)
        self._say_where_not_seen(
            "The calls for the version begin." if running else "No calls for the version are made now: t begins them."
        )

    def action_rate(self) -> None:
        self.queue(self._turn_rate, "traffic")

    async def _turn_rate(self) -> None:
        rate = next_rate(self.lesson.view.traffic.rate)
        await self.lesson.set_rate(rate)
        often = "once" if rate == 1 else f"{rate:g} times"
        self._say_where_not_seen(f"The version is called for {often} a second; 6 shows the answers.")

    def _say_where_not_seen(self, said: str) -> None:
        """The live view tells it by itself."""
        if "live" not in self.arranged.seen(self.pane):
            self.notify(said)

    def on_live_panel_traffic_toggled(self, event: LivePanel.TrafficToggled) -> None:
        self.queue(lambda: self.lesson.set_traffic(event.running), "traffic")

    def on_live_panel_export_requested(self, event: LivePanel.ExportRequested) -> None:
        title = f"{self.step.number}. {self.step.title}"
        app, workspace = cast(Any, self.app), self.lesson.path_of("")
        save_window(app, self.lesson.timeline, workspace, event.kind, event.end, event.per_cell, event.cells, title)

    def action_dismiss_result(self) -> None:
        self.query_one(ResultBar).result = None
        self.query_one(Notice).put_remarks_away()
        put_away(self.app)

    # The files.

    def action_starters(self) -> None:
        missing = tuple(file.path for file in self.view.files if file.starter_offered)
        if missing:
            self.queue(lambda: self._write_starters(missing), "starters")
        else:
            self.notify("No file of this step is missing.")

    async def _write_starters(self, missing: tuple[str, ...]) -> None:
        self.query_one(ResultBar).result = await self.lesson.write_starters(missing)

    def action_edit(self) -> None:
        files = self.query_one(FilesPane)
        chosen = self.selected
        if self.pane != "files" and chosen is not None:
            files.show_finding(chosen)
        if files.shown:
            line = chosen.line if chosen is not None and chosen.file == files.shown else None
            self.start(self._edit(files.shown, line), "edit")
        else:
            self.notify("This step has no file of its own.")

    async def _edit(self, path: str, line: int | None) -> None:
        if problem := await edit(cast(Any, self.app), self.lesson.path_of(path), line):
            self.notify(problem, severity="warning", timeout=10, markup=False)

    # Copying and reading.

    def action_commands(self) -> None:
        own = [self.lesson.preview("apply")] if self.view.files else []
        commands = tuple(dict.fromkeys([*own, *commands_in(self.step.text)]))
        if commands:
            self.app.push_screen(Choose("Copy a command", commands), self._copy)
        else:
            self.notify("This step's text has no command to type.")

    def on_command_fence_copied(self, event: CommandFence.Copied) -> None:
        self._copy(event.text)

    def _copy(self, text: str | None) -> None:
        if text:
            self.app.copy_to_clipboard(text)

    def action_docs(self) -> None:
        page = (self.selected.source if self.selected else "") or self.step.docs
        if page:
            self.app.open_url(page)
        else:
            self.notify("No page belongs to this step.")

    def action_help(self) -> None:
        self.app.push_screen(help_screen())

    def action_cheat_sheet(self) -> None:
        self.app.push_screen(cheat_sheet(self.lesson.texts))

    def action_welcome(self) -> None:
        self.app.push_screen(welcome(self.lesson.texts))

    def action_connection(self) -> None:
        self.app.push_screen(connection_text(self.view, self.lesson.path_of("")))

    def on_connection_badge_asked(self, event: ConnectionBadge.Asked) -> None:
        self.action_connection()
