"""The file is there, can be read, and is YAML (or JSON) that holds objects."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, ManifestFile
from tutor.core.yaml.errors import SOURCE

SAY = Say("file-parses", SOURCE)


@rule("file-parses", Level.MANIFEST, {"file": str})
def file_parses(given: CheckInput) -> list[Finding]:
    """The file is there and can be read as YAML."""
    path = str(given.params["file"])
    file = given.manifests.get(path)
    if file is None or not file.exists:
        return _missing(path, file)
    if not file.readable:
        return list(file.findings)
    if not file.documents:
        return SAY.failed(
            f"{path} holds nothing but comments yet." if (file.text or "").strip() else f"{path} is empty.",
            expected="an object: apiVersion, kind, metadata and spec",
            hint="Complete it and save it.",
            file=path,
            line=1,
            column=1,
        )
    shapeless = [finding for document in file.documents for finding in _no_object(document)]
    count = len(file.documents)
    passed = SAY.passed(f"{path} can be read: {count} object{'' if count == 1 else 's'}.", file=path)
    return [*(shapeless or passed), *file.findings]


def _missing(path: str, file: ManifestFile | None) -> list[Finding]:
    near = file.near if file is not None else ""
    return SAY.failed(
        f"{path} does not exist yet." + (f" There is {near}: is that the one you mean?" if near else ""),
        found=near or "no file",
        expected=path,
        hint=f"Rename it to {path}." if near else "Write it, or take its starter.",
        file=path,
    )


def _no_object(document: Document) -> list[Finding]:
    """A document that is a list or a lone word: kubectl refuses it, since it has no kind."""
    if isinstance(document.value, Mapping):
        return []
    if isinstance(document.value, list):
        what, hint = "a list", "An object's fields stand at the left edge, without a dash: apiVersion:, kind: …"
    else:
        what, hint = "a lone text", "Write fields, each as `key: value` with a space behind the colon."
    return SAY.failed(
        f"This is {what}, not an object of Kubernetes.",
        found=str(document.value)[:80],
        expected="apiVersion, kind, metadata and spec",
        hint=hint,
        **place(document, ()),
    )
