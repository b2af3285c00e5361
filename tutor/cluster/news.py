"""What following a cluster brings, piece by piece. `at`: Unix seconds by the tutor's clock, when it was read."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.cluster.api import KubeObject


@dataclass(frozen=True, slots=True)
class Listed:
    """All objects of a kind, as of now."""

    kind: str
    objects: tuple[KubeObject, ...]
    at: float


@dataclass(frozen=True, slots=True)
class Changed:
    """`type` is ADDED, MODIFIED or DELETED."""

    kind: str
    type: str
    object: KubeObject
    at: float


@dataclass(frozen=True, slots=True)
class Denied:
    """The API server has no such kind, or does not show it: everything else goes on without it."""

    kind: str
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class Met:
    """Which namespace this is; told before the link counts as restored, and when it becomes another one."""

    world: str | None
    """Its UID; empty where we may not read it, None where there is no such namespace."""
    at: float


@dataclass(frozen=True, slots=True)
class LinkLost:
    reason: str
    at: float


@dataclass(frozen=True, slots=True)
class LinkRestored:
    """The API server answers, for the first time or again."""

    at: float


@dataclass(frozen=True, slots=True)
class Slept:
    """This process did not run: nobody watched. Everything is listed anew."""

    since: float
    """When it certainly ran for the last time. Later than `at` where the clock was set back."""
    at: float


News = Listed | Changed | Denied | Met | LinkLost | LinkRestored | Slept
