"""`homics-tutor author check|new|rules`: for those who write steps."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.cli.options import FILE
from tutor.cli.saying import complain


@click.group("author")
def command() -> None:
    """For authors: check a course, begin a new step, list the rules that checks can use."""


@command.command("check", short_help="Check that a course proves itself.")
@click.argument("folder", required=False, metavar="[DIR]", type=FILE)
@click.pass_context
def check(ctx: click.Context, /, folder: Path | None) -> None:
    """Check the course in DIR (default: the one of --course, else in this folder, else the tutor's own).

    Starters must be red, references green, each seeded mistake red for the rule it names; hints, texts, links and
    files are looked at, too. Exit code 0: green. 1: something is to mend. 2: there is no course.
    """
    from tutor.checks.registry import rules
    from tutor.content.gate import check_course

    folder = folder or (ctx.find_root().obj or {}).get("course")
    if folder is None and Path("steps/course.toml").is_file():
        folder = Path()
    if folder is not None and not (folder / "steps").is_dir():
        complain(f"{folder} holds no course: a folder named steps was expected in it.")
        ctx.exit(2)
    result = check_course(folder, rules())
    for line in result.lines:
        click.echo(line)
    for error in result.errors:
        click.echo(str(error))
    click.echo("green" if result.green else f"{len(result.errors)} to mend")
    ctx.exit(0 if result.green else 1)


@command.command("new", short_help="Write the files of a new step.")
@click.argument("slug")
@click.option(
    "--course",
    "folder",
    type=FILE,
    help="The course's folder (default: this one).",
)
@click.pass_context
def new(ctx: click.Context, /, slug: str, folder: Path | None) -> None:
    """Write the files of a new step SLUG, with all that is left to write marked in them."""
    from tutor.content.scaffold import CannotScaffold, new_step

    folder = folder or (ctx.find_root().obj or {}).get("course") or Path()
    try:
        written = new_step(folder, slug)
    except CannotScaffold as problem:
        complain(problem)
        ctx.exit(2)
    for file in written:
        click.echo(file)
    click.echo(f"Write what is marked TODO(author) in them, then: homics-tutor author check {folder}")


@command.command("rules")
def rule_list() -> None:
    """List the rules that checks can use, with their parameters."""
    from tutor.checks.registry import Rule, rules

    def parameters(rule: Rule) -> str:
        named = [*rule.params, *(f"[{name}]" for name in rule.optional)]
        return " ".join(named)

    for rule in sorted(rules().values(), key=lambda rule: (rule.level, rule.name)):
        click.echo(f"{rule.level:<10} {rule.name:<28} {parameters(rule)}")
        click.echo(f"{'':<10} {rule.about}")
