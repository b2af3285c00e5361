"""`homics-tutor instructor …`: the instructor's actions without a screen. Its name is the switch to the mode."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.asking import agreed_meanwhile
from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain, say
from tutor.cli.stopping import interruptible
from tutor.lesson.settings import Settings

if TYPE_CHECKING:
    from tutor.core.comparing.comparison import ComparedObject
    from tutor.lesson.instructor.instructing import Comparison, Instructor
    from tutor.lesson.instructor.staging import Line
    from tutor.lesson.view import ActionResult

yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask before something is changed.")


@click.group("instructor")
def command() -> None:
    """For instructors: references beside a learner's files, the stage for a step, faults to show.

    Everything that changes a cluster names its context first and asks, unless --yes is given.
    """


@command.command("compare", short_help="Compare a learner's objects with the reference.")
@click.argument("step", required=False)
@click.option("--reference", is_flag=True, help="Print the reference files as well.")
@common
@click.pass_context
def compare(ctx: click.Context, /, step: str | None, reference: bool, **options: Any) -> None:
    """Compare the workspace's objects with the reference of STEP: what differs, and what of it matters."""
    from tutor.kube.times import SystemClock
    from tutor.lesson.instructor.instructing import Instructor
    from tutor.lesson.problem import Problem
    from tutor.lesson.session import open_session

    try:
        session = open_session(_settings(ctx, options))
        wanted = session.step(step)
        found = Instructor(session, lambda: None, SystemClock()).compare(wanted.slug)
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    for line in comparison_lines(found, reference=reference):
        click.echo(line)


@command.command("apply", short_help="Apply the reference of a step.")
@click.argument("step")
@yes_option
@common
@click.pass_context
def apply(ctx: click.Context, /, step: str, yes: bool, **options: Any) -> None:
    """Apply the reference of STEP's files; live objects become exactly that."""
    slug = _slug(ctx, options, step)
    _run(ctx, options, yes, f"apply the reference of {slug}", lambda one: one.apply_reference(slug))


@command.command("stage")
@click.argument("step")
@click.option("--files", is_flag=True, help="Set the workspace's files as well; `reset --undo` has yours back.")
@yes_option
@common
@click.pass_context
def stage(ctx: click.Context, /, step: str, files: bool, yes: bool, **options: Any) -> None:
    """Bring the cluster to the state just before STEP. What was there before is kept: see restore."""
    slug = _slug(ctx, options, step)
    what = f"set the stage for {slug}" + (" and the workspace's files" if files else "")
    _run_lines(ctx, options, yes, what, lambda one: one.stage(slug, files=files))


@command.command("restore", short_help="Have back what was there before a stage.")
@click.argument("number", required=False, type=click.IntRange(min=1))
@click.option("--list", "listing", is_flag=True, help="List what can be had back, and change nothing.")
@yes_option
@common
@click.pass_context
def restore(ctx: click.Context, /, number: int | None, listing: bool, yes: bool, **options: Any) -> None:
    """Have back what was on the cluster before a stage was set (default: the last one)."""
    if not listing:
        what = f"restore backup {number}" if number else "restore what was there before the last stage"
        _run_lines(ctx, options, yes, what, lambda one: one.restore(number))
        return
    from tutor.content.stage_backups import StageBackups
    from tutor.lesson.problem import Problem
    from tutor.lesson.session import open_session

    try:
        backups = StageBackups(open_session(_settings(ctx, options)).state).all()
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    for backup in backups:
        when = datetime.fromtimestamp(backup.at).strftime("%Y-%m-%d %H:%M:%S")
        done = "  (restored)" if backup.restored else ""
        place = f"{backup.context}/{backup.namespace}"
        click.echo(
            f"{backup.number:>4}  {when}  {place:<24} before: {backup.why:<24} {len(backup.objects)} objects{done}"
        )
        click.echo(f"      {backup.folder}")
    if not backups:
        click.echo("There is nothing to have back: no stage was set in this workspace.")


@command.command("faults")
def fault_list() -> None:
    """List the faults that can be shown, and what to look at."""
    from tutor.lesson.instructor.faults import FAULTS

    for fault in FAULTS:
        click.echo(f"{fault.name:<16} {fault.title}")
        click.echo(f"{'':<16} $ {fault.command}")
        click.echo(f"{'':<16} {fault.watch}")


@command.command("fault", short_help="Break something to show it.")
@click.argument("name")
@yes_option
@common
@click.pass_context
def fault(ctx: click.Context, /, name: str, yes: bool, **options: Any) -> None:
    """Break something to show it: see `instructor faults` for the names. `instructor heal` takes it back."""
    from tutor.lesson.instructor.faults import FAULTS, fault_named

    if fault_named(name) is None:
        complain(f'There is no fault "{name}". The faults are: {", ".join(one.name for one in FAULTS)}.')
        ctx.exit(2)
    _run(ctx, options, yes, f"inject the fault {name}", lambda one: one.inject(name))


@command.command("heal")
@yes_option
@common
@click.pass_context
def heal(ctx: click.Context, /, yes: bool, **options: Any) -> None:
    """Take all faults back."""
    _run(ctx, options, yes, "take all faults back", lambda one: one.heal())


def _settings(ctx: click.Context, /, options: dict[str, Any]) -> Settings:
    return replace(settings_from(ctx, options), instructor=True)


def _slug(ctx: click.Context, options: dict[str, Any], step: str) -> str:
    """Of the step that is named by its slug or number; ends with the names of the steps where there is none: before a
    cluster is asked."""
    from tutor.lesson.problem import Problem
    from tutor.lesson.session import open_session

    try:
        return open_session(_settings(ctx, options)).step(step).slug
    except Problem as problem:
        complain(problem)
        ctx.exit(2)


def _run(
    ctx: click.Context,
    options: dict[str, Any],
    yes: bool,
    what: str,
    act: Callable[[Instructor], Awaitable[ActionResult]],
) -> None:
    async def lines(one: Instructor) -> bool:
        result = await act(one)
        if result.command:
            click.echo(f"$ {result.command}")
        say(result.message)
        return result.ok

    _with_cluster(_settings(ctx, options), yes, what, lines)


def _run_lines(
    ctx: click.Context,
    options: dict[str, Any],
    yes: bool,
    what: str,
    act: Callable[[Instructor], AsyncIterator[Line]],
) -> None:
    async def lines(one: Instructor) -> bool:
        ok = False
        async for line in act(one):
            say(line.text, hang="  ")
            ok = line.ok
        return ok

    _with_cluster(_settings(ctx, options), yes, what, lines)


def _with_cluster(settings: Settings, yes: bool, what: str, act: Callable[[Instructor], Awaitable[bool]]) -> None:
    from tutor.lesson.problem import Problem

    try:
        with interruptible("Stopped. `homics-tutor instructor restore` has back what was there before."):
            ok = asyncio.run(_act(settings, yes, what, act))
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    sys.exit(0 if ok else 1)


async def _act(settings: Settings, yes: bool, what: str, act: Callable[[Instructor], Awaitable[bool]]) -> bool:
    from tutor.kube.times import SystemClock
    from tutor.lesson.following import following
    from tutor.lesson.instructor.instructing import Instructor
    from tutor.lesson.session import open_session

    session, clock = open_session(settings), SystemClock()
    for message in session.messages:
        complain(message, name=False)
    async with following(session, clock) as live:
        one = Instructor(session, lambda: live, clock)
        question = one.question(what)
        if question and yes:
            say(question.removesuffix(" Go on?"))
        elif question and not await agreed_meanwhile(question):
            click.echo("Nothing was done.")
            return False
        return await act(one)


def comparison_lines(found: Comparison, *, reference: bool = False) -> Iterator[str]:
    """The comparison as text: objects and their differences, then the reasons and mistakes of the notes."""
    if not found.files:
        yield f"{found.slug} writes no file: there is nothing to compare."
    for problem in found.problems:
        yield f"? {problem}"
    for one in found.objects:
        yield from _object_lines(one)
    if reference:
        for file in found.files:
            yield ""
            yield f"# {file.path}"
            yield from file.reference.rstrip().splitlines()
    for title, text in (
        ("Why each field", found.reasons),
        ("Mistakes to expect", found.mistakes),
        ("Other correct ways", found.other_ways),
    ):
        if text:
            yield ""
            yield title
            yield from text.splitlines()


STATES = {
    "same": "the same as the reference",
    "as-good": "as good as the reference",
    "differs": "differs from the reference",
    "missing": "missing: no file of the workspace defines it",
    "extra": "more than the reference has",
}


def _object_lines(one: ComparedObject) -> Iterator[str]:
    place = f"{one.learner_file}:{one.learner_line}  " if one.learner_file else ""
    yield f"{place}{one.kind} {one.name}: {STATES[one.pairing]}"
    for difference in one.differences:
        mark = "≠" if difference.matters else "~"
        yield f"  {mark} {difference.path}"
        ours = f"  (line {difference.reference_line})" if difference.reference_line else ""
        theirs = f"  (line {difference.learner_line})" if difference.learner_line else ""
        yield f"      reference  {difference.reference or 'nothing'}{ours}"
        yield f"      learner    {difference.learner or 'nothing'}{theirs}"
        yield f"      {'matters' if difference.matters else 'as good':<9}  {difference.why}"
