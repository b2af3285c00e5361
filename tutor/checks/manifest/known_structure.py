"""Every object of a file against the schema of the API server: fields, types, apiVersion and kind, names, ranges.

Left to rules of their own: whether a selector fits its labels, nodePorts, what the step asks for. What may not be
changed of an object that is there already is the API server's word (server-accepts).
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, place
from tutor.checks.structure.kinds import LISTS, another_kind, kind_findings
from tutor.checks.structure.refused_values import MOST, refused_values
from tutor.checks.structure.unknown_fields import unknown_field
from tutor.checks.structure.where import Home
from tutor.checks.structure.words import OBJECTS
from tutor.checks.structure.wrong_types import wrong_type
from tutor.core.finding import Finding, Verdict
from tutor.core.manifest import Document
from tutor.kube import schema
from tutor.kube.schema import StructureError, types

SAY = Say("known-structure", OBJECTS)


@rule("known-structure", Level.MANIFEST, {"file": str})
def known_structure(given: CheckInput) -> list[Finding]:
    """Every field of the file is one that Kubernetes knows, with a value that it takes."""
    path = str(given.params["file"])
    file = given.manifests.get(path)
    if file is None or not file.exists:
        return SAY.failed(f"{path} does not exist yet.", hint="Write it, or take its starter.", file=path)
    if not file.readable:
        return SAY.unknown(
            f"{path} cannot be read, so its fields were not looked at.", hint="Mend it first.", file=path
        )
    if not file.documents:
        return SAY.failed(
            f"{path} holds no object yet.",
            found="comments alone" if (file.text or "").strip() else "nothing",
            expected="an object: apiVersion, kind, metadata and spec",
            hint="Complete it and save it.",
            file=path,
            line=1,
            column=1,
        )
    findings: list[Finding] = []
    known = []
    for document in file.documents:
        told = judged(document)
        findings += told
        if not told:
            known.append(f"{document.kind} {document.name}".strip())
    if known and all(finding.verdict is not Verdict.FAILED for finding in findings):
        findings += SAY.passed(f"Kubernetes knows every field of the {' and the '.join(known)}.", file=path)
    return findings


def judged(document: Document) -> list[Finding]:
    """What is wrong with one document, in the order of its lines; a note where its kind is not known."""
    if not isinstance(document.value, Mapping):
        return SAY.failed(
            "This is no object of Kubernetes: it has no fields.",
            expected="apiVersion, kind, metadata and spec",
            hint="Write fields, each as `key: value`, at the left edge.",
            **place(document, ()),
        )
    if findings := kind_findings(SAY, document):
        return findings
    kind_type = types.kind_type(document.api_version, document.kind)
    if kind_type is None or document.kind in LISTS:
        return []
    slips: list[tuple[StructureError, str, Home | None]] = []
    errors = schema.strict_errors(document.value)
    strange = sum(error.problem == "unknown" and error.path[:-1] == ("spec",) for error in errors)
    if (other := another_kind(SAY, document, strange)) is not None:
        return [other]
    for error in errors[:MOST]:
        if error.problem == "unknown":
            finding, meant, home = unknown_field(SAY, document, kind_type, error)
            findings.append(finding)
            slips.append((error, meant, home))
        else:
            findings.append(wrong_type(SAY, document, error))
            slips.append((error, "", None))
    if len(errors) > MOST:
        more = SAY.failed(
            f"There are {len(errors) - MOST} more fields that are not right.",
            hint="Mend those above first.",
            **place(document, errors[MOST].path, key=True),
        )
        return [*findings, *more]
    findings += refused_values(SAY, document, kind_type, slips)
    return sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0))
