"""The Textual app: themes, the lesson's background work, and what happens when something fails."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from pathlib import PurePath
from time import monotonic
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.filter import LineFilter
from textual.notifications import Notify
from textual.screen import Screen

from tutor.lesson.view import LessonPort
from tutor.ui import copying
from tutor.ui.ascii import AsciiFilter, wants_ascii
from tutor.ui.browsing import open_page
from tutor.ui.defects import defect_sentence
from tutor.ui.keeping import keep
from tutor.ui.keys import KEYS
from tutor.ui.mouse import capture_mouse
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.reading import welcome
from tutor.ui.short_words import make_room_for
from tutor.ui.terminating import end_when_terminated
from tutor.ui.theme import DARK, LIGHT, THEMES, first_theme

SETTLING = 5.0
"""Seconds for the first screen and the first lists of a cluster."""
AGAIN = 3.0
"""Seconds before the lesson's background work is begun again after a defect ended it."""
SAY_AGAIN = 30.0
"""Seconds after which a defect that stays is said once more."""


class TutorApp(App[None]):
    TITLE = "homics-tutor"
    ENABLE_COMMAND_PALETTE = True
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/lesson.tcss"]

    def __init__(self, lesson: LessonPort, settled: Callable[[], None] = lambda: None) -> None:
        """`settled`: called once what every session needs is there and drawn."""
        super().__init__()
        self.lesson = lesson
        self._settled = settled
        self.defect: BaseException | None = None
        """What ended the app though nobody asked for it; told by the caller in one sentence."""
        self.mouse = True
        """Clicks are the tutor's; else the terminal's."""
        self._told: dict[str, float] = {}
        """Sentence → when it was said last, in seconds that never go back."""
        self._ascii = wants_ascii(os.environ, getattr(sys.__stdout__, "encoding", "") or "utf-8")
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = first_theme(os.environ)

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = list(super().get_line_filters())
        return [*filters, AsciiFilter()] if self._ascii else filters

    def get_default_screen(self) -> Screen[None]:
        return LessonScreen(self.lesson)

    @property
    def lesson_screen(self) -> LessonScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, LessonScreen))

    def on_mount(self) -> None:
        end_when_terminated(self)
        self.run_worker(self._work(), group="lesson", exit_on_error=False)
        self.run_worker(self._follow(), group="view", exit_on_error=False)
        self.set_timer(SETTLING, self._settled)
        if self.lesson.first_time:
            self.push_screen(welcome(self.lesson.texts))

    async def _work(self) -> None:
        """The lesson's watches. A defect ends them; they are begun again, and the learner is told."""
        while True:
            try:
                await self.lesson.run()
            except Exception as error:
                self.say_defect("The view of the cluster stopped", error)
                await asyncio.sleep(AGAIN)
            else:
                return

    async def _follow(self) -> None:
        view = self.lesson.view
        while True:
            view = await self.lesson.changed(view.version)
            try:
                self.lesson_screen.show(view)
            except Exception as error:
                self.say_defect("A part of the screen could not be drawn", error)

    def action_mouse(self) -> None:
        self.mouse = not self.mouse
        capture_mouse(self, self.mouse)
        self.notify(
            "The mouse works here again."
            if self.mouse
            else "The mouse is the terminal's now: select and copy as anywhere else. m takes it back.",
            timeout=5 if self.mouse else 10,
        )

    def on_notify(self, event: Notify) -> None:
        make_room_for(self, event.notification)

    def say_defect(self, what: str, error: BaseException) -> None:
        """Each defect once, and again while it stays: what fails again and again would else fill the screen."""
        sentence, now = defect_sentence(what, error), monotonic()
        if now - self._told.get(sentence, float("-inf")) >= SAY_AGAIN:
            self._told[sentence] = now
            self.notify(sentence, severity="error", timeout=SAY_AGAIN / 2, markup=False)

    def _print_error_renderables(self) -> None:
        """Textual would print tracebacks here; the caller says it in a sentence instead (see `defect`)."""
        self.defect = self._exception

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        if isinstance(screen, LessonScreen):
            for key in KEYS:
                if key.action and key.action != "app.quit":
                    name = key.footer if key.footer and key.footer not in ("Back", "Next") else ""
                    title, _, rest = key.help.partition(": ") if ": " in key.help else (key.help.rstrip("."), "", "")
                    yield SystemCommand(
                        f"{name + ': ' if name else ''}{title}",
                        f"{rest} key {key.shown}".strip(),
                        _runner(screen, key.action),
                    )
        yield SystemCommand("Theme", "Choose among all themes", self.action_change_theme)
        yield SystemCommand("Save a picture of the screen", "An SVG file; it is said where", self.action_save_picture)
        yield SystemCommand("Quit", "Everything is remembered. key q", self.action_quit)

    def copy_to_clipboard(self, text: str) -> None:
        super().copy_to_clipboard(text)
        self.run_worker(self._copy(text), group="copy", exit_on_error=False)

    async def _copy(self, text: str) -> None:
        command = copying.copier(sys.platform, os.environ, shutil.which)
        sure = command is not None and await asyncio.to_thread(copying.copied, command, text)
        self.notify(copying.told(text, sure=sure), timeout=5 if sure else 10, markup=False)

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        self.run_worker(self._open(url), group="browser", exit_on_error=False)

    async def _open(self, url: str) -> None:
        self.notify(await asyncio.to_thread(open_page, url), timeout=10, markup=False)

    def action_save_picture(self) -> None:
        """Of the screen as it is, once the palette that this was chosen from is gone."""
        self.call_after_refresh(self._save_picture)

    def _save_picture(self) -> None:
        name = f"homics-tutor-{datetime.now():%Y%m%d-%H%M%S}.svg"
        picture = self.export_screenshot()
        self.run_worker(keep(self, self.lesson.path_of(""), "The picture", name, picture), group="save")

    def action_light(self) -> None:
        self.theme = LIGHT.name if self.theme != LIGHT.name else DARK.name


def _runner(screen: LessonScreen, action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await screen.run_action(action)

    return run
