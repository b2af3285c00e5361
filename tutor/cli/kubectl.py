"""`homics-tutor kubectl ARGS…`: the real kubectl on the chosen cluster."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import click

from tutor.cli.options import settings_from
from tutor.cli.saying import complain


@click.command(
    "kubectl",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Run kubectl on the chosen cluster. The tutor's own options stand before the word kubectl."""
    from tutor.lesson.choosing import choose_target
    from tutor.lesson.problem import Problem

    try:
        target = choose_target(settings_from(ctx, {}))
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    program = shutil.which("kubectl")
    if program is None:
        from tutor.cli.little_kubectl import run

        sys.exit(run(target, list(words)))
    named = any(word.split("=")[0] in ("-n", "--namespace") for word in words)
    place = ["--context", target.context, *([] if named else ["--namespace", target.namespace])]
    environment = {**os.environ, "KUBECONFIG": target.kubeconfig}
    try:
        code = _run([program, *place, *words], environment)
    except OSError as error:
        complain(
            f"{program} cannot be run ({error.strerror or error}). Install kubectl again, or take that one out of PATH:"
            " the tutor has a small one built in."
        )
        sys.exit(2)
    sys.exit(code)


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Become the program where the system can: then signals, the terminal and the exit code are its own.

    Else wait for it; Ctrl-C reaches it as well, and it is for it to say how it ends. Raises: `OSError`.
    """
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment)
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
