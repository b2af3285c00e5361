"""`--plain`: the same lesson as lines, for a dumb terminal, a pipe or a screen reader."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import TextIO

import click

from tutor.cli.print_findings import CLOSING, findings_lines
from tutor.cli.saying import say, say_prose, terminal_width
from tutor.cli.wrapping import wrapped
from tutor.core.finding import Verdict
from tutor.lesson.lines import Lines
from tutor.lesson.view import Connection, LessonPort, LessonView, StepState

HELP = """check      check my work             apply      apply this step's files
hint       one more hint             crash      crash the user service
next       the next step             roll TAG   roll user to 1.0.0 or 2.0.0
back       the step before           starters   write its missing files
go STEP    to it, e.g. go 3          files      its files, with line numbers
text       this step's text again    pods       the pods as they are now
steps      all steps                 watch      say each change, or stop that
quit"""
LATE = 6.0
"""Seconds that an entry may come after its time."""
PATIENCE = 10.0
"""Seconds to wait for a cluster that is being asked, before something is checked without it."""


async def converse(lesson: LessonPort) -> int:
    """Read commands from stdin until quit or its end; say what changes in between."""
    conversation = _Conversation(lesson)
    work = asyncio.create_task(lesson.run())
    told = asyncio.create_task(conversation.tell())
    try:
        conversation.say_step()
        click.echo("\nType help for the commands.")
        await conversation.obey_until(work)
    finally:
        for task in (work, told):
            task.cancel()
        await asyncio.gather(work, told, return_exceptions=True)
    if work.done() and not work.cancelled():
        work.result()
    return 0


class _Conversation:
    def __init__(self, lesson: LessonPort) -> None:
        self._lesson = lesson
        self._typed: asyncio.Queue[str] = asyncio.Queue()
        self._lines: Lines | None = None
        self._told: set[int] = set()
        self._passed = {slug for slug, state in lesson.view.states.items() if state is StepState.PASSED}

    # What the learner says.

    def _listen(self, loop: asyncio.AbstractEventLoop, stdin: TextIO | None) -> None:
        """Read stdin in a thread that holds nobody up at the end. Without a stdin, that is its end."""
        while True:
            try:
                line = stdin.readline() if stdin is not None else ""
            except (OSError, ValueError):
                line = ""  # It was closed, or belongs to another job of the shell.
            try:
                loop.call_soon_threadsafe(self._typed.put_nowait, line)
            except RuntimeError:
                return  # the loop is closed
            if line == "":
                return

    async def obey_until(self, work: asyncio.Task[None]) -> None:
        listening = (asyncio.get_running_loop(), sys.stdin)
        threading.Thread(target=self._listen, args=listening, daemon=True).start()
        while True:
            typed = asyncio.ensure_future(self._typed.get())
            await asyncio.wait({typed, work}, return_when=asyncio.FIRST_COMPLETED)
            if not typed.done():
                typed.cancel()
                return  # the lesson ended; its error is raised by the caller
            words = typed.result().split()
            if typed.result() == "" or (words and words[0].lower() in ("quit", "exit", "q")):
                return
            if words:
                await self._obey(words)

    async def _obey(self, words: list[str]) -> None:
        lesson, word = self._lesson, words[0].lower()
        plain: dict[str, Callable[[], object]] = {
            "help": lambda: click.echo(HELP),
            "text": self.say_step,
            "steps": self._say_steps,
            "pods": self._say_pods,
            "files": self._say_files,
            "watch": self._toggle_watch,
        }
        awaited: dict[str, Callable[[], Awaitable[object]]] = {
            "next": lambda: self._go(lesson.next_step()),
            "back": lambda: self._go(lesson.previous_step()),
            "check": self._check,
            "hint": self._hint,
            "starters": self._starters,
        }
        if word in plain and len(words) == 1:
            plain[word]()
        elif word in awaited and len(words) == 1:
            await awaited[word]()
        elif word == "go" and len(words) == 2:
            await self._go_to(words[1])
        elif (word in ("apply", "crash") and len(words) == 1) or (word == "roll" and len(words) == 2):
            await self._act(word if word != "roll" else f"roll:{words[1]}")
        else:
            say(f"{' '.join(words)} is no command here; help lists them.")

    async def _go(self, move: Awaitable[object]) -> None:
        before = self._lesson.view.current
        await move
        if self._lesson.view.current == before:
            click.echo("There is no further step that way.")
        else:
            self.say_step()

    async def _go_to(self, word: str) -> None:
        steps = self._lesson.view.steps
        step = next((step for step in steps if word in (step.slug, str(step.number))), None)
        if step is None:
            say(f"There is no step {word}. The steps are: {', '.join(step.slug for step in steps)}.")
            return
        await self._lesson.go_to(step.slug)
        self.say_step()

    async def _check(self) -> None:
        await self._connected()
        view = await self._lesson.check()
        for line in findings_lines(view.findings, terminal_width(sys.stdout)):
            click.echo(line)
        verdict = next((words for verdict, words in CLOSING.items() if verdict.value == view.verdict), view.verdict)
        click.echo(f"{view.current}: {verdict}")

    async def _hint(self) -> None:
        before = len(self._lesson.view.hint_texts)
        await self._lesson.more_hint()
        hints = self._lesson.view.hint_texts
        if len(hints) == before:
            say("All hints of this task are open. Once more the last one:")
        say(hints[-1], f"hint {len(hints)} of 3: ", "  ") if hints else say("There is no hint here.")

    async def _starters(self) -> None:
        missing = tuple(file.path for file in self._lesson.view.files if file.starter_offered)
        say((await self._lesson.write_starters(missing)).message, hang="  ")

    async def _act(self, action: str) -> None:
        await self._connected()
        click.echo(f"$ {self._lesson.preview(action)}")
        if question := self._lesson.needs_confirmation(action):
            click.echo(wrapped(f"{question} [y/N] ", terminal_width(sys.stdout)), nl=False)
            answer = await self._typed.get()
            if answer.strip().lower() not in ("y", "yes"):
                click.echo("Nothing was done.")
                return
        say((await self._lesson.act(action)).message)

    async def _connected(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                view = self._lesson.view
                while view.connection.state is Connection.CONNECTING:
                    view = await self._lesson.changed(view.version)
        except TimeoutError:
            return  # what comes next says what is missing

    # What the tutor says.

    async def tell(self) -> None:
        """Say what a screen would show changing: the connection, a step that passed, and changes where wanted."""
        before = self._lesson.view
        while True:
            after = await self._lesson.changed(before.version)
            if (link := _link(after)) != _link(before):
                say(link, hang="  ")
            if after.traffic.message != before.traffic.message and after.traffic.message:
                say(f"[traffic] {after.traffic.message}", hang="  ")
            for message in after.messages:
                if message not in before.messages:
                    say(f"[note] {message}", hang="  ")
            self._say_changes()
            for slug, state in after.states.items():
                if state is StepState.PASSED and slug not in self._passed:
                    self._passed.add(slug)
                    self._say_passed(after, slug)
            before = after

    def _say_changes(self) -> None:
        if self._lines is None:
            return
        # A call that took its time is told by its start: some seconds are looked at again.
        recent = self._lesson.timeline.since(self._lesson.now() - LATE)
        for entry in recent:
            if id(entry) not in self._told:
                for line in self._lines.of(entry):
                    say(line, hang=" " * 12)
        self._told = {id(entry) for entry in recent}

    def _toggle_watch(self) -> None:
        if self._lines is not None:
            self._lines = None
            click.echo("Changes are no longer said.")
            return
        self._lines = Lines()
        self._told = {id(entry) for entry in self._lesson.timeline.since(self._lesson.now() - LATE)}
        for line in self._lines.begin(self._lesson.timeline, self._lesson.now()):
            say(line, hang=" " * 12)
        click.echo("Each change is said from now on; watch stops it.")

    def _say_passed(self, view: LessonView, slug: str) -> None:
        click.echo(f"[passed] {slug}")
        if slug != view.current:
            return  # another process checked it
        for finding in view.findings:
            if finding.verdict is Verdict.PASSED:
                say(finding.message, "  ", "  ")
        step = next(step for step in view.steps if step.slug == slug)
        if step.done:
            say_prose(f"\n{step.done.strip()}\n")
        click.echo("next goes on.")

    def say_step(self) -> None:
        view = self._lesson.view
        step = next(step for step in view.steps if step.slug == view.current)
        text = step.text.strip()
        heading, _, rest = text.partition("\n")
        if heading.lstrip("# ").strip() == step.title:
            text = rest.strip()
        say(step.title, f"\n{step.number}. ", "   ")
        say_prose(f"\n{text}")
        for file in view.files:
            if file.starter_offered:
                say(f"\n{file.path} is missing; `starters` writes the one to begin with.")
        for message in view.messages:
            say(message)

    def _say_steps(self) -> None:
        view = self._lesson.view
        for step in view.steps:
            mark = ">" if step.slug == view.current else " "
            place = f"{mark}{step.number:>3}  {step.slug:<20} {view.states[step.slug].value:<16} "
            say(step.title, place, " " * 8)

    def _say_files(self) -> None:
        for file in self._lesson.view.files:
            click.echo(f"{file.path}{'' if file.exists else ' does not exist yet'}")
            for number, line in enumerate(file.text.splitlines(), 1):
                click.echo(f"{number:>4}  {line}")

    def _say_pods(self) -> None:
        from tutor.kube.podstatus import pod_row

        snapshot = self._lesson.view.snapshot
        if snapshot is None:
            say(self._lesson.view.connection.message or "There is no cluster.")
            return
        rows = [pod_row(pod, self._lesson.now()) for pod in snapshot.list("Pod")]
        if not rows:
            click.echo(f"No pod in the namespace {snapshot.namespace}.")
            return
        click.echo(f"{'NAME':<48} {'READY':<6} {'STATUS':<18} {'RESTARTS':<12} AGE")
        for row in rows:
            click.echo(f"{row.name:<48} {row.ready:<6} {row.status:<18} {row.restarts_text:<12} {row.age}")


def _link(view: LessonView) -> str:
    """The connection in a sentence. Other fields of it change, too, such as the cluster's version."""
    link = view.connection
    return " ".join(filter(None, (f"[{link.state.value}]", link.context, link.message)))
