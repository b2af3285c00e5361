"""The options that every command takes, before or after its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from tutor.lesson.settings import Settings

FILE = click.Path(path_type=Path, readable=False)
"""A path as it was typed. What is wrong with it is said where it is read, with what to do."""
F = TypeVar("F", bound=Callable[..., Any])


def common(function: F) -> F:
    """Add the common options to a command."""
    for option in reversed(
        (
            click.option("--workspace", type=FILE, help="The folder that holds kube/ (default: this one)."),
            click.option("--context", help="The kubeconfig context to use."),
            click.option("--practice", is_flag=True, default=None, help="Use the practice cluster of the tutor."),
            click.option("--kubeconfig", type=FILE, help="The kubeconfig file to read."),
            click.option("--namespace", "-n", help="The namespace to work in (default: the context's)."),
            click.option("--course", type=FILE, help="The folder of another course (default: the tutor's)."),
            click.option("--instructor", is_flag=True, default=None, help="Open the reference solutions."),
            click.option("--plain", is_flag=True, default=None, help="Lines of text instead of a screen."),
        )
    ):
        function = option(function)
    return function


def settings_from(ctx: click.Context, options: Mapping[str, Any]) -> Settings:
    """The settings of a command: an option after the command's name wins over one before it."""
    merged: dict[str, Any] = {**(ctx.find_root().obj or {}), **{k: v for k, v in options.items() if v is not None}}
    if merged.get("practice") and merged.get("context"):
        raise click.UsageError("--practice and --context name two different clusters: give one of them.")
    if (namespace := merged.get("namespace")) is not None and not _is_namespace(namespace):
        raise click.UsageError(f'"{namespace}" cannot be a namespace: small letters, digits and dashes, up to 63.')
    return Settings(
        workspace=merged.get("workspace") or Path(),
        context=merged.get("context"),
        practice=bool(merged.get("practice")),
        kubeconfig=merged.get("kubeconfig"),
        namespace=namespace,
        instructor=bool(merged.get("instructor")),
        plain=bool(merged.get("plain")),
        course=merged.get("course"),
    )


def _is_namespace(name: str) -> bool:
    return (
        0 < len(name) <= 63
        and name.strip("-") == name
        and all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in name)
    )
