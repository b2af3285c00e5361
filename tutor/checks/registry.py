"""Every rule by its name, with what it needs and the parameters that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules

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
PACKAGES: Mapping[str, Level] = {
    "manifest": Level.MANIFEST,
    "server": Level.SERVER,
    "live": Level.LIVE,
    "behaviour": Level.BEHAVIOUR,
}
"""Package of this one → the level of its rules. A rule's module has the rule's name, with underscores."""


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


class Rules(Mapping[str, Rule]):
    """All rules; each module is loaded when its rule is asked for: a check of files needs none of the others.

    `wrap` may put something around each rule, once, when it is loaded.
    """

    def __init__(self, wrap: Callable[[Rule], Rule] = lambda rule: rule) -> None:
        self._modules = _modules()
        self._wrap = wrap
        self._given: dict[str, Rule] = {}

    def __getitem__(self, name: str) -> Rule:
        if name not in self._given:
            module = self._modules.get(name)
            if module is None:
                raise KeyError(name)
            import_module(module)
            self._given[name] = self._wrap(_RULES[name])
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._modules if self._has_rule(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def level(self, name: str) -> Level | None:
        """Of a rule, without loading it; None where there is none of that name."""
        module = self._modules.get(name)
        return PACKAGES[module.rsplit(".", 2)[-2]] if module else None

    def _has_rule(self, name: str) -> bool:
        """Some modules hold what several rules share, and no rule."""
        import_module(self._modules[name])
        return name in _RULES


def _modules() -> dict[str, str]:
    """Name of a rule → the module that would hold it."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        folder = import_module(f"tutor.checks.{package}")
        for module in iter_modules(folder.__path__, f"{folder.__name__}."):
            found[module.name.rpartition(".")[2].replace("_", "-")] = module.name
    return found


def rules(wrap: Callable[[Rule], Rule] = lambda rule: rule) -> Rules:
    """All rules by their names, each with `wrap` around it."""
    return Rules(wrap)
