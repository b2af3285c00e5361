"""`homics-tutor`: the group of commands, each loaded when it is called."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper

import click

from tutor import __version__
from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain, terminal_width
from tutor.cli.wrapping import wrapped

COMMANDS = {
    "check": ("check", "Check a step: exit 0 passed, 1 not yet, 2 could not check."),
    "steps": ("steps", "List the steps and where you stand."),
    "hint": ("hint", "Show a hint for a step."),
    "solution": ("solution", "Show the reference solution of a step that is done."),
    "reset": ("reset", "Put a step's files back to their starters, keeping a copy."),
    "doctor": ("doctor", "Look at this machine, the cluster and the workspace."),
    "report": ("report", "One file with the steps, checks and what was seen."),
    "demo": ("demo", "Play the whole course with the reference solutions."),
    "watch": ("watch", "Print pods, restarts, versions and errors as they change, a line each."),
    "kubectl": ("kubectl", "Run kubectl on the chosen cluster."),
    "cluster": ("cluster", "The practice cluster: start, stop, status, reset, env, logs."),
    "author": ("author", "For authors: check a course, begin a new step."),
    "instructor": ("instructor", "For instructors: compare, set a stage, inject faults, heal, restore."),
    "class": ("classroom", "Merge learners' reports of a folder."),
}
"""Name of the command → (module of this package, one line of help)."""


class LazyGroup(click.Group):
    """A group whose commands are imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (module, _) in COMMANDS.items() if _exists(module)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if self.get_command(ctx, args[0]) is not None or args[0].startswith("-"):
                raise
            names = self.list_commands(ctx)
            near = get_close_matches(args[0], names, n=1)
            guess = f"Did you mean {near[0]}? " if near else ""
            message = f'There is no command "{args[0]}". {guess}The commands are: {", ".join(names)}.'
            raise click.UsageError(wrapped(message, terminal_width(sys.stderr), hang="  "), ctx) from error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not _exists(COMMANDS[cmd_name][0]):
            return None
        command: click.Command = import_module(f"tutor.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _exists(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(f"tutor.cli.{module}") is not None


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="homics-tutor")
@common
@click.pass_context
def group(ctx: click.Context, /, **options: object) -> None:
    """Learn Kubernetes on a live cluster, step by step, in your terminal.

    Without a command the tutor opens in this folder.
    """
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        from tutor.cli.app import open_tutor

        ctx.exit(open_tutor(settings_from(ctx, {})))


def _fill_closed_streams() -> None:
    """A stream that the caller closed (`<&-`) reads as empty and takes everything. Before any file is opened: the
    system hands out the lowest free number, and a file that got number 1 would be printed into."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def _let_any_sign_through() -> None:
    """A sign that the terminal's encoding does not have becomes "?": no reason to end a command."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def main() -> None:
    """Entry point. A defect of the tutor ends in one sentence and a log file, not in a traceback; Ctrl-C in no word."""
    from tutor.cli.stopping import lose_no_interrupt, stop

    lose_no_interrupt()
    _fill_closed_streams()
    _let_any_sign_through()
    try:
        code = group(prog_name="homics-tutor", windows_expand_args=False, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (click.Abort, KeyboardInterrupt):
        stop()
    except BrokenPipeError:
        # The reader of a pipe went away (`… | head`): nothing is left to say.
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        from tutor.cli.defect import no_room, report_defect

        if reason := no_room(error):
            complain(f"What this command writes finds no room ({reason}). Make some, and call it again.")
            sys.exit(2)
        sys.exit(report_defect(error))
