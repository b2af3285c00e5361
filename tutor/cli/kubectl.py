"""`homics-tutor kubectl ARGS…`: the real kubectl on the chosen cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import click

from tutor.cli.options import settings_from


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
        click.echo(f"homics-tutor: {problem}", err=True)
        sys.exit(2)
    program = shutil.which("kubectl")
    if program is None:
        from tutor.cli.little_kubectl import run

        sys.exit(run(target, list(words)))
    named = any(word.split("=")[0] in ("-n", "--namespace") for word in words)
    place = ["--context", target.context, *([] if named else ["--namespace", target.namespace])]
    environment = {**os.environ, "KUBECONFIG": target.kubeconfig}
    try:
        sys.exit(subprocess.run([program, *place, *words], env=environment, check=False).returncode)
    except KeyboardInterrupt:
        sys.exit(130)
