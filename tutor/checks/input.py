"""What a check is given: everything as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.core.manifest import ManifestFile
from tutor.core.observation import Observations
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Timeline


@dataclass(frozen=True, slots=True)
class CheckInput:
    """One check's view: the learner's files, the cluster as last seen, what happened, and its own parameters."""

    manifests: Mapping[str, ManifestFile]
    """The step's files by their path relative to the workspace. A file that does not exist is there too, with
    `exists` False; others of the workspace that define related objects are included."""
    snapshot: ClusterSnapshot | None
    """None: no cluster was asked (`--offline`) or none could be reached (`no_cluster` says why)."""
    timeline: Timeline
    since: float
    """When the step began, Unix seconds: edges before it do not count."""
    now: float
    params: Mapping[str, Any] = field(default_factory=dict)
    observed: Observations = field(default_factory=Observations)
    no_cluster: str = ""
    """Why there is no snapshot; becomes the reason of a "could not check"."""
    namespace: str = ""
    """The namespace that the learner named, where no snapshot tells the one in use; empty where none was named."""
    denied: Mapping[str, str] = field(default_factory=dict)
    """Kind → why the API server does not show it: its own words."""
