"""Which command is meant, and on which cluster and namespace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module

from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.errors import Failure
from tutor.cli.little_kubectl.words import Asked, take_apart
from tutor.cluster.api import Target
from tutor.cluster.wire import Wire
from tutor.kube.times import Clock, SystemClock

COMMANDS: Mapping[str, tuple[str, str]] = {
    "get": ("get", "get TYPE [NAME] [-o wide|yaml|json|name] [-w] [-A] [-l LABELS]"),
    "describe": ("describe", "describe pod|deploy|service [NAME]"),
    "logs": ("logs", "logs [-f] [--previous] [--tail N] [-c CONTAINER] POD | deploy/NAME"),
    "apply": ("apply", "apply -f FILE|FOLDER|- [-R]"),
    "delete": ("delete", "delete TYPE NAME | delete TYPE -l LABELS | delete -f FILE"),
    "set": ("change", "set image deployments/NAME CONTAINER=IMAGE"),
    "scale": ("change", "scale deployment NAME --replicas=N"),
    "rollout": ("rollout", "rollout status|history|undo|restart deployment/NAME"),
    "exec": ("execute", "exec POD | deploy/NAME [-c CONTAINER] -- COMMAND"),
    "create": ("change", "create namespace NAME"),
    "version": ("version", "version"),
}
"""Command → (module of this package, how it is used)."""
ELSEWHERE = (
    "The built-in kubectl has the commands of the cheat sheet alone. For everything else install kubectl:"
    " https://kubernetes.io/docs/tasks/tools/"
)

Obey = Callable[[Ask, Asked], Awaitable[int]]
Opener = Callable[[Target], Awaitable[Wire]]


async def obey(target: Target, words: list[str], opener: Opener | None = None, clock: Clock | None = None) -> int:
    """`opener` and `clock` take the place of the network and the time. Raises: `Failure`, `ClusterError`."""
    from tutor.cluster.wire import open_wire

    asked = take_apart(words)
    if asked.command in ("", "help") or "help" in asked.on:
        print(usage(asked.command))
        return 0
    if asked.command not in COMMANDS:
        raise Failure(f'error: "{asked.command}" is not in the built-in kubectl.\n{ELSEWHERE}')
    target = chosen(target, asked)
    wire = await (opener or open_wire)(target)
    try:
        ask = Ask(wire, target, asked.value("namespace") or target.namespace, clock or SystemClock())
        module = import_module(f"tutor.cli.little_kubectl.{COMMANDS[asked.command][0]}")
        run: Obey = module.run
        return await run(ask, asked)
    finally:
        await wire.close()


def chosen(target: Target, asked: Asked) -> Target:
    """The cluster of --context and --kubeconfig behind the word kubectl; else the tutor's. Raises: `Failure`."""
    context, kubeconfig = asked.value("context"), asked.value("kubeconfig")
    if not kubeconfig and context in ("", target.context):
        return target
    from pathlib import Path

    from tutor.lesson.choosing import choose_target
    from tutor.lesson.problem import Problem
    from tutor.lesson.settings import Settings

    file = Path(kubeconfig) if kubeconfig else Path(target.kubeconfig)
    try:
        return choose_target(
            Settings(context=context or None, kubeconfig=file, namespace=asked.value("namespace") or None)
        )
    except Problem as problem:
        raise Failure(f"error: {problem}") from problem


def usage(command: str) -> str:
    lines = [how for name, (_, how) in COMMANDS.items() if not command or name == command] or [
        how for _, how in COMMANDS.values()
    ]
    return "\n".join(
        ["The built-in kubectl of homics-tutor:", "", *(f"  kubectl {how}" for how in lines), "", ELSEWHERE]
    )
