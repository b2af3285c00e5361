"""What the lesson asked the cluster and the application for a check: values, so that checks stay pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DryRun:
    """The API server's word on one document: `kubectl apply --dry-run=server --validate=strict`."""

    file: str
    index: int
    """Which document of the file, from 0."""
    accepted: bool
    message: str = ""
    """The API server's own sentence where it refused."""
    fields: tuple[tuple[str, str], ...] = ()
    """(path, message) of each cause, e.g. ("spec.replicas", "Invalid value: -1: …")."""
    unreachable: bool = False
    """No word was had (cluster away, time-out): then `message` says why and `accepted` means nothing."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One request to the application as a browser would send it."""

    what: str
    """"gateway-page", "login" or "articles" …: the key in `Observations.reached`."""
    ok: bool
    via: str = "nodeport"
    """"nodeport" or "service-proxy"."""
    url: str = ""
    status: int | None = None
    """HTTP status; None where no answer came."""
    error: str = ""
    detail: str = ""
    unknown: bool = False
    """Nothing could be tried (no cluster): neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Observations:
    dry_runs: tuple[DryRun, ...] = ()
    reached: Mapping[str, Reached] = field(default_factory=dict)
    logs: Mapping[str, str] = field(default_factory=dict)
    """Pod name → the last lines of the log of the container's newest run that ended, or that runs."""
