"""Findings of a rule, briefly: passed, failed, could not check."""

from __future__ import annotations

from collections.abc import Iterator
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

    def warned(self, message: str, **more: Any) -> Finding:
        """Something that is probably not meant so; it blocks nothing."""
        return Finding(self.rule, Verdict.FAILED, message, Severity.WARNING, source=self.source, **more)

    def note(self, message: str, **more: Any) -> Finding:
        """Something to know beside the verdict; it blocks nothing."""
        return Finding(self.rule, Verdict.PASSED, message, Severity.NOTE, source=self.source, **more)

    def without_cluster(self, given: CheckInput, *kinds: str) -> list[Finding]:
        """Could not check: there is no cluster, or it did not show these kinds. Empty where all is there."""
        if given.snapshot is None:
            # The reason says what to do; a page about the rule would be none about it.
            return [Finding(self.rule, Verdict.UNKNOWN, given.no_cluster or "No cluster was asked.")]
        missing = [kind for kind in kinds if kind not in given.snapshot.complete]
        for kind in missing:
            if kind in given.denied:
                return [
                    Finding(
                        self.rule,
                        Verdict.UNKNOWN,
                        f"The API server does not show its {kind} objects to you: {given.denied[kind]}",
                        hint="Use a context or a namespace in which you may read them.",
                    )
                ]
        if missing:
            return self.unknown(
                f"The cluster has not shown its {' and '.join(missing)} objects yet.", hint="Check again in a moment."
            )
        return []

    def undefined(self, given: CheckInput, kind: str, name: str) -> list[Finding]:
        """No file defines an object: could not check where a file that may hold it cannot be read."""
        broken = [file.path for file in given.manifests.values() if file.exists and not file.readable]
        if broken:
            return self.unknown(
                f"The {kind} {name} was not found, and {' and '.join(broken)} cannot be read.",
                hint="Mend that file first.",
                file=broken[0],
            )
        return self.failed(
            f"No file defines the {kind} {name}.",
            found="no such object",
            expected=f"{kind} {name}",
            hint="Write it first: this step builds on it.",
            file=str(given.params.get("file") or ""),
        )


def place(document: Document | None, path: Path, *, key: bool = False) -> dict[str, Any]:
    """file, line, column and path of a node, as fields of a finding."""
    if document is None:
        return {"path": path_text(path)}
    mark = document.key_position(path) if key else document.position(path)
    return {"file": document.file, "line": mark.line, "column": mark.column, "path": path_text(path)}


def documents(given: CheckInput) -> Iterator[Document]:
    """Every object of every file, the step's own files first."""
    return (document for file in given.manifests.values() for document in file.documents)


def definitions(given: CheckInput, kind: str, name: str) -> list[Document]:
    """The documents that define an object, the one that counts first.

    That is the last one of its file, since kubectl applies a file from top to bottom; of several files the one that the
    check is about, else the first of the step's.
    """
    found = [document for document in documents(given) if document.kind == kind and document.name == name]
    about = given.params.get("file")
    files = list(dict.fromkeys(document.file for document in found))
    files.sort(key=lambda file: file != about)
    return [document for file in files for document in reversed(found) if document.file == file]


def find_document(given: CheckInput, kind: str, name: str) -> Document | None:
    """The document that defines an object, the one that counts where there are several."""
    return next(iter(definitions(given, kind, name)), None)
