"""`--plain`: the same lesson as lines, for a dumb terminal, a pipe or a screen reader."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import click

from tutor.cli.print_findings import finding_lines
from tutor.core.finding import Verdict
from tutor.lesson.view import LessonPort, LessonView

HELP = """check      check my work             apply      apply this step's files
hint       one more hint             crash      crash the user service
next       the next step             roll TAG   roll user to 1.0.0 or 2.0.0
back       the step before           starters   write the missing files of this step
text       this step's text again    pods       the pods as they are now
steps      all steps                 quit"""


async def converse(lesson: LessonPort) -> int:
    """Read commands from stdin until quit or its end; say what changes in between."""
    work = asyncio.create_task(lesson.run())
    told = asyncio.create_task(_tell(lesson))
    try:
        _say_step(lesson.view)
        click.echo("\nType help for the commands.")
        while (line := await asyncio.to_thread(sys.stdin.readline)) != "":
            words = line.split()
            if words and words[0] in ("quit", "exit", "q"):
                break
            if words:
                await _obey(lesson, words)
            if work.done():
                work.result()
    finally:
        for task in (work, told):
            task.cancel()
        await asyncio.gather(work, told, return_exceptions=True)
    return 0


async def _obey(lesson: LessonPort, words: list[str]) -> None:
    simple: dict[str, Callable[[], Awaitable[object]]] = {"next": lesson.next_step, "back": lesson.previous_step}
    word = words[0].lower()
    if word in simple:
        await simple[word]()
        _say_step(lesson.view)
    elif word == "help":
        click.echo(HELP)
    elif word == "text":
        _say_step(lesson.view)
    elif word == "check":
        view = await lesson.check()
        for finding in view.findings:
            for line in finding_lines(finding):
                click.echo(line)
        click.echo(f"{view.current}: {view.verdict.replace('-', ' ')}")
    elif word == "hint":
        await lesson.more_hint()
        click.echo(lesson.view.hint_texts[-1] if lesson.view.hint_texts else "There is no hint here.")
    elif word == "steps":
        for step in lesson.view.steps:
            click.echo(f"{step.number:>3}  {step.slug:<20} {lesson.view.states[step.slug].value:<16} {step.title}")
    elif word == "pods":
        _say_pods(lesson)
    elif word == "starters":
        missing = tuple(file.path for file in lesson.view.files if file.starter_offered)
        click.echo((await lesson.write_starters(missing)).message)
    elif word in ("apply", "crash") or (word == "roll" and len(words) == 2):
        await _act(lesson, word if word != "roll" else f"roll:{words[1]}")
    else:
        click.echo(f"{' '.join(words)} is no command here; help lists them.")


async def _act(lesson: LessonPort, action: str) -> None:
    click.echo(f"$ {lesson.preview(action)}")
    if question := lesson.needs_confirmation(action):
        click.echo(f"{question} [y/N] ", nl=False)
        answer = await asyncio.to_thread(sys.stdin.readline)
        if answer.strip().lower() not in ("y", "yes"):
            click.echo("Nothing was done.")
            return
    click.echo((await lesson.act(action)).message)


async def _tell(lesson: LessonPort) -> None:
    """Say what a screen would show changing: the connection, a step that passed."""
    before = lesson.view
    while True:
        after = await lesson.changed(before.version)
        if after.connection != before.connection:
            link = after.connection
            click.echo(f"[{link.state.value}] {link.context} {link.message}".rstrip())
        if after.verdict == "passed" and (before.verdict != "passed" or before.current != after.current):
            click.echo(f"[passed] {after.current}")
            for finding in after.findings:
                if finding.verdict is Verdict.PASSED:
                    click.echo(f"  {finding.message}")
        before = after


def _say_step(view: LessonView) -> None:
    step = next(step for step in view.steps if step.slug == view.current)
    click.echo(f"\n{step.number}. {step.title}\n\n{step.text.strip()}")
    for file in view.files:
        if file.starter_offered:
            click.echo(f"\n{file.path} is missing; `starters` writes the one to begin with.")
    for message in view.messages:
        click.echo(message)


def _say_pods(lesson: LessonPort) -> None:
    from tutor.kube.podstatus import pod_row

    snapshot = lesson.view.snapshot
    if snapshot is None:
        click.echo(lesson.view.connection.message or "There is no cluster.")
        return
    rows = [pod_row(pod, lesson.now()) for pod in snapshot.list("Pod")]
    click.echo(f"{'NAME':<48} {'READY':<6} {'STATUS':<18} {'RESTARTS':<12} AGE")
    for row in rows:
        click.echo(f"{row.name:<48} {row.ready:<6} {row.status:<18} {row.restarts_text:<12} {row.age}")
