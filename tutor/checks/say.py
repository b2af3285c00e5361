"""Findings of a rule, briefly: passed, failed, could not check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutor.checks.input import CheckInput
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.manifest import Document, Path, path_text


@dataclass(frozen=True, slots=True)
class Say:
    """Speaks for one rule."""

    rule: str
    source: str = ""

    def passed(self, message: str, **more: Any) -> list[Finding]:
        return [Finding(self.rule, Verdict.PASSED, message, source=self.source, **more)]

    def failed(self, message: str, **more: Any) -> list[Finding]:
        return [Finding(self.rule, Verdict.FAILED, message, **{"source": self.source, **more})]

    def unknown(self, message: str, **more: Any) -> list[Finding]:
        return [Finding(self.rule, Verdict.UNKNOWN, message, source=self.source, **more)]

    def note(self, message: str, **more: Any) -> Finding:
        """Something to know beside the verdict; it blocks nothing."""
        return Finding(self.rule, Verdict.PASSED, message, Severity.NOTE, source=self.source, **more)

    def without_cluster(self, given: CheckInput, *kinds: str) -> list[Finding]:
        """Could not check: there is no cluster, or it did not show these kinds. Empty where all is there."""
        if given.snapshot is None:
            return self.unknown(given.no_cluster or "No cluster was asked.", hint="Start a cluster and check again.")
        missing = [kind for kind in kinds if kind not in given.snapshot.complete]
        if missing:
            return self.unknown(
                f"The cluster has not shown its {' and '.join(missing)} objects yet.", hint="Check again in a moment."
            )
        return []


def place(document: Document | None, path: Path, *, key: bool = False) -> dict[str, Any]:
    """file, line, column and path of a node, as fields of a finding."""
    if document is None:
        return {"path": path_text(path)}
    mark = document.key_position(path) if key else document.position(path)
    return {"file": document.file, "line": mark.line, "column": mark.column, "path": path_text(path)}


def find_document(given: CheckInput, kind: str, name: str) -> Document | None:
    """The document that defines an object, in the step's files first."""
    for file in given.manifests.values():
        for document in file.documents:
            if document.kind == kind and document.name == name:
                return document
    return None
