"""What a check says: one verdict about one thing, with the place and the sentence that repairs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What is known about a claim. `UNKNOWN` is not a failure: nothing could be checked, and `message` says why."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """`ERROR` keeps a step from passing when its verdict is `FAILED`; `WARNING` and `NOTE` teach."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer of one rule. Its fields are those of the JSON that `homics-tutor check` prints."""

    rule: str
    """The rule's name in the registry, in kebab-case."""
    verdict: Verdict
    message: str
    """One sentence in the learner's words: what is wrong (or what was seen), with names and values."""
    severity: Severity = Severity.ERROR
    found: str = ""
    expected: str = ""
    hint: str = ""
    """What to do next; never the whole solution."""
    file: str = ""
    """Relative to the workspace, with forward slashes; empty where the finding is about the cluster."""
    line: int | None = None
    """Counts from 1."""
    column: int | None = None
    """Counts from 1, in characters."""
    path: str = ""
    """The field, as the API server writes it: `spec.template.spec.containers[0].image`."""
    source: str = ""
    """URL of the page of the Kubernetes documentation that the rule rests on."""

    @property
    def blocks(self) -> bool:
        """Whether this finding alone keeps its step from passing."""
        return self.severity is Severity.ERROR and self.verdict is not Verdict.PASSED
