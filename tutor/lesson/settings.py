"""What the learner asked for on the command line, read once and passed down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    workspace: Path = Path()
    context: str | None = None
    """Named on the command line: then it may be written to, whatever cluster it is."""
    practice: bool = False
    kubeconfig: Path | None = None
    """None: KUBECONFIG, then ~/.kube/config."""
    namespace: str | None = None
    """None: the context's own, else "default"."""
    instructor: bool = False
    plain: bool = False
    course: Path | None = None
    """Folder of another course; None: the one that comes with the tutor."""
