"""`homics-tutor cluster start|stop|status|reset|env|logs`: the practice cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tutor.cli.asking import agreed
from tutor.cli.options import common
from tutor.cli.saying import complain, say
from tutor.cli.stopping import interruptible


@click.group(name="cluster", context_settings={"help_option_names": ["-h", "--help"]})
@common
def command(**options: Any) -> None:
    """The practice cluster: a small Kubernetes of the tutor's own, on this machine, without Docker."""


def _folder() -> Path:
    from tutor.content.state import state_root

    return state_root() / "practice"


@contextmanager
def _problems() -> Iterator[None]:
    """What cannot be done is one sentence and exit code 2."""
    from tutor.practice.life import PracticeError

    try:
        yield
    except PracticeError as error:
        complain(error)
        raise click.exceptions.Exit(2) from None


def _command(function: Callable[..., None]) -> click.Command:
    return command.command(name=function.__name__.strip("_"))(common(function))


@_command
def start(**_: Any) -> None:
    """Start it, or say that it runs."""
    from tutor.lesson.kubectl_way import export_line
    from tutor.practice import life

    with (
        _problems(),
        interruptible("Stopped before the practice cluster ran."),
    ):
        running = life.start(_folder())
    if running.started_now:
        say(f"The practice cluster runs at {running.server}.")
    else:
        say(f"The practice cluster runs already at {running.server}.")
    if running.note:
        say(running.note)
    say("To use it with kubectl in this terminal:")
    click.echo(f"  {export_line(running.kubeconfig)}")


@_command
def stop(**_: Any) -> None:
    """End it and all its containers. Its objects are kept."""
    from tutor.practice import life

    with _problems():
        stopped = life.stop(_folder())
    if stopped:
        say("The practice cluster has stopped. Its objects are kept: homics-tutor cluster start")
    else:
        say("The practice cluster was not running.")


@_command
def status(**_: Any) -> None:
    """Say whether it runs.

    Exit code 0: it runs. 1: it does not. 2: it does not answer.
    """
    from tutor.practice import life

    with _problems():
        running = life.status(_folder())
    if running is None:
        say("The practice cluster does not run. Start it with: homics-tutor cluster start")
        raise click.exceptions.Exit(1)
    details = running.details or {}
    say(f"The practice cluster runs at {running.server} (process {running.pid}).")
    say(f"pods: {details.get('pods', 0)}, running containers: {details.get('processes', 0)}")
    click.echo(f"kubeconfig: {running.kubeconfig}")
    for problem in details.get("problems", []):
        say(f"problem: {problem}")


@command.command(name="reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def reset(yes: bool, **_: Any) -> None:
    """End it and forget everything in it."""
    from tutor.lesson.problem import Problem
    from tutor.practice import life

    if not yes:
        try:
            wanted = agreed("Everything in the practice cluster will be deleted. Go on?")
        except Problem as problem:
            complain(problem)
            raise click.exceptions.Exit(2) from None
        if not wanted:
            say("Nothing was changed.")
            raise click.exceptions.Exit(1)
    with _problems():
        life.reset(_folder())
    say("The practice cluster is empty again. Start it with: homics-tutor cluster start")


@command.command(name="env")
@click.option("--shell", type=click.Choice(["sh", "fish", "powershell", "cmd"]), help="The shell to print for.")
@common
def env(shell: str | None, **_: Any) -> None:
    """Print the line that makes kubectl in this terminal use it."""
    from tutor.lesson.kubectl_way import export_line
    from tutor.practice import life

    kubeconfig = _folder() / "kubeconfig"
    if not kubeconfig.is_file():
        complain("The practice cluster has not been started. Start it with: homics-tutor cluster start")
        raise click.exceptions.Exit(2)
    click.echo(export_line(kubeconfig, shell))
    with _problems():
        if life.status(_folder()) is None:
            complain(
                "The practice cluster does not run and answers no kubectl. Start it with: homics-tutor cluster start"
            )


@command.command(name="logs")
@click.option("--lines", type=click.IntRange(min=1), default=200, show_default=True, help="How many at most.")
@common
def logs(lines: int, **_: Any) -> None:
    """Print the end of the daemon's own log."""
    from tutor.practice.life.folder import ClusterFolder

    folder = ClusterFolder(_folder())
    found = False
    for path in (folder.log, folder.output):
        try:
            text = path.read_text("utf-8", errors="replace")
        except FileNotFoundError:
            continue
        except OSError as error:
            complain(f"{path} cannot be read ({error.strerror}). It has to belong to you.")
            raise click.exceptions.Exit(2) from None
        found = True
        for line in text.splitlines()[-lines:]:
            click.echo(line)
    if not found:
        complain("There is no log yet. Start the practice cluster with: homics-tutor cluster start")
        raise click.exceptions.Exit(2)
