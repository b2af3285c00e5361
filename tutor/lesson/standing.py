"""When the last evaluation of a step still stands, so that a poll's answer each second is no reason to judge again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tutor.checks.evaluate import Evaluation
from tutor.checks.registry import Level, Rule
from tutor.core.finding import Verdict
from tutor.core.manifest import ManifestFile
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.step import Step
from tutor.lesson.judging import Live
from tutor.lesson.session import Session

BY_WHAT_HAPPENED = frozenset({"crash-seen", "crash-without-error", "no-error-during-rollout", "version-sequence"})
"""Rules that read the timeline: each answer of the application may change what they say."""


def by_what_happened(step: Step) -> bool:
    return any(check.rule in BY_WHAT_HAPPENED for check in step.checks)


def fails_by_files_alone(evaluation: Evaluation, known: Mapping[str, Rule]) -> bool:
    """Whether all that is not right is wrong in the files: then neither time nor the cluster mends it."""
    wrong = [result for result in evaluation.results if result.verdict in (Verdict.FAILED, Verdict.UNKNOWN)]
    return bool(wrong) and all(
        result.verdict is Verdict.FAILED
        and result.check.rule in known
        and known[result.check.rule].level is Level.MANIFEST
        for result in wrong
    )


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """All that a step was judged by, but for the time and the timeline.

    What was asked for it (dry run, the application) depends on the same things once all of it was right.
    """

    live: Live | None
    snapshot: ClusterSnapshot | None
    away: str
    """Why nothing could be asked; empty where it could."""
    denied: Mapping[str, str]
    begun_at: float | None
    manifests: Mapping[str, ManifestFile]

    @classmethod
    def of(cls, session: Session, step: Step, live: Live | None, why: str) -> Self:
        """As it is now. `why`: why there is no cluster."""
        return cls(
            live,
            live.snapshot if live else None,
            (live.lost or live.trouble) if live else why,
            dict(live.denied) if live else {},
            session.progress.of(step.slug).begun_at,
            session.manifests(step),
        )

    def is_that_of(self, other: Basis) -> bool:
        """Whether nothing changed. Snapshots and files are new objects whenever something of them did."""
        return (
            self.live is other.live
            and self.snapshot is other.snapshot
            and (self.away, self.denied, self.begun_at) == (other.away, other.denied, other.begun_at)
            and list(self.manifests) == list(other.manifests)
            and all(file is other.manifests[path] for path, file in self.manifests.items())
        )
