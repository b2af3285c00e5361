"""Every rule by its name, with what it needs and the parameters that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from tutor.checks.input import CheckInput
from tutor.core.finding import Finding


class Level(StrEnum):
    """What a rule needs in order to say anything."""

    MANIFEST = "manifest"
    """The learner's files alone: runs with `--offline`."""
    SERVER = "server"
    """The API server's word on the files (dry run)."""
    LIVE = "live"
    """The cluster's objects as last seen."""
    BEHAVIOUR = "behaviour"
    """The timeline and requests to the application."""


CheckFunction = Callable[[CheckInput], list[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    level: Level
    check: CheckFunction
    params: Mapping[str, type | tuple[type, ...]] = field(default_factory=dict)
    """Required parameters and their types."""
    optional: Mapping[str, type | tuple[type, ...]] = field(default_factory=dict)
    about: str = ""
    """The claim that should hold, one sentence: the first line of the function's docstring."""


_RULES: dict[str, Rule] = {}


def rule(
    name: str,
    level: Level,
    params: Mapping[str, type | tuple[type, ...]] | None = None,
    optional: Mapping[str, type | tuple[type, ...]] | None = None,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check function under a name.

    Raises: `ValueError` where the name is taken.
    """

    def register(check: CheckFunction) -> CheckFunction:
        if name in _RULES:
            raise ValueError(f"two rules are named {name}")
        about = (check.__doc__ or "").strip().split("\n", 1)[0]
        _RULES[name] = Rule(name, level, check, params or {}, optional or {}, about)
        return check

    return register


def rules() -> Mapping[str, Rule]:
    """All rules, each module of this package loaded once."""
    if not _loaded:
        import tutor.checks as package

        for module in walk_packages(package.__path__, "tutor.checks."):
            import_module(module.name)
        _loaded.append(True)
    return _RULES


_loaded: list[Any] = []
