"""A file defines the object that the step asks for, under the name that others call it by."""

from __future__ import annotations

from difflib import get_close_matches

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, definitions, documents, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document

MOST = 3
"""Further definitions of one object that are told."""
SAY = Say("defines", "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/")


@rule("defines", Level.MANIFEST, {"kind": str, "name": str}, {"why": str})
def defines(given: CheckInput) -> list[Finding]:
    """A file defines the object, with the kind and the name that the step asks for.

    `why`: who uses that name, one sentence.
    """
    kind, name = str(given.params["kind"]), str(given.params["name"])
    found = definitions(given, kind, name)
    if not found:
        return _undefined(given, kind, name)
    document = found[0]
    findings = _namespace(given, document)
    if not findings:
        findings = SAY.passed(f"{document.file} defines the {kind} {name}.", **place(document, ("metadata", "name")))
    return [*findings, *_twice(document, found[1:])]


def _undefined(given: CheckInput, kind: str, name: str) -> list[Finding]:
    about = str(given.params.get("file") or "")
    own = [document for document in documents(given) if not about or document.file == about]
    same_kind = [document for document in own if document.kind == kind]
    if same_kind:
        near = get_close_matches(name, [document.name for document in same_kind], 1, 0.0)
        other = next(d for d in same_kind if not near or d.name == near[0])
        return _other_name(other, kind, name, str(given.params.get("why") or ""))
    same_name = next((document for document in own if document.name == name), None)
    if (document := same_name or next(iter(own), None)) is None:
        return SAY.undefined(given, kind, name)
    return SAY.failed(
        f"{document.file} defines {_article(document.kind)}, and not the {kind} {name}.",
        found=document.kind or "no kind",
        expected=kind,
        hint=f"Write kind: {kind}, and apiVersion as the documentation of that kind says.",
        **place(document, ("kind",)),
    )


def _other_name(document: Document, kind: str, name: str, why: str) -> list[Finding]:
    found = document.get("metadata", "name")
    if not document.name:
        stray = document.get("name")
        message = f"The {kind} has no name under metadata" + (", but one outside of it." if stray else ".")
        where = ("name",) if stray else ("metadata",)
        hint = f"Write name: {name} under metadata:, two spaces deeper."
        return SAY.failed(message, expected=name, found=str(stray or found or ""), hint=hint, **place(document, where))
    return SAY.failed(
        f"The {kind} has the name {document.name}, and the step needs {name}. {why}".strip(),
        found=document.name,
        expected=name,
        hint=f"Write name: {name} under metadata.",
        **place(document, ("metadata", "name")),
    )


def _namespace(given: CheckInput, document: Document) -> list[Finding]:
    """The namespace in use where it is known; else that of its companions, since a Service sees its own alone."""
    if not document.namespace:
        return []
    where = place(document, ("metadata", "namespace"))
    used = given.snapshot.namespace if given.snapshot is not None else given.namespace
    if used:
        if document.namespace == used:
            return []
        return SAY.failed(
            f"{document.file} puts the {document.kind} {document.name} into the namespace {document.namespace}, and you"
            f" work in {used}.",
            found=document.namespace,
            expected=used,
            hint="Remove the line namespace: from metadata.",
            **where,
        )
    others = [other for other in _companions(given, document) if other.namespace != document.namespace]
    if not others:
        return []
    other = others[0]
    return SAY.failed(
        f"The {document.kind} {document.name} is put into the namespace {document.namespace}, and the {other.kind}"
        f" {other.name} is not: across namespaces they do not find each other.",
        found=document.namespace,
        expected=other.namespace or "no namespace",
        hint="Remove the line namespace: from metadata, or have the same one in all files.",
        **where,
    )


def _companions(given: CheckInput, document: Document) -> list[Document]:
    """The Deployments and Services beside it, written by the learner: starters without a spec say nothing yet."""
    folder = document.file.rpartition("/")[0]
    return [
        other
        for other in documents(given)
        if other.kind in ("Deployment", "Service") and other.get("spec") and other.file.rpartition("/")[0] == folder
    ]


def _twice(counts: Document, others: list[Document]) -> list[Finding]:
    found = []
    for other in others[:MOST]:
        line = other.position(("metadata", "name")).line
        name = f"{counts.kind} {counts.name}"
        if other.file == counts.file:
            last = counts.position(("metadata", "name")).line
            message = f"{other.file} defines the {name} twice, on line {line} and on line {last}: the last one counts."
        else:
            message = f"{other.file} defines the {name} too, as {counts.file} does. {_which(counts.file, other.file)}"
        where = place(other, ("metadata", "name"))
        found.append(
            SAY.warned(message, hint="Keep one of them.", found=other.file, expected="one definition", **where)
        )
    return found


def _which(one: str, other: str) -> str:
    folder, _, last = max(one, other).rpartition("/")
    if one.rpartition("/")[0] != other.rpartition("/")[0]:
        return "The one that is applied last counts."
    return f"kubectl apply -f {folder}/ applies {last} last, and that one counts then."


def _article(kind: str) -> str:
    return f"a {kind}" if kind else "an object without a kind"
