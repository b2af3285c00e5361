"""The Deployment asks for enough pods, in the place where that number counts."""

from __future__ import annotations

from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, documents, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path

SAY = Say("replicas", "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas")
REPLICAS: Path = ("spec", "replicas")


@rule("replicas", Level.MANIFEST, {"deployment": str, "at_least": int})
def replicas(given: CheckInput) -> list[Finding]:
    """The Deployment asks for enough pods."""
    name, least = str(given.params["deployment"]), int(given.params["at_least"])
    document = find_document(given, "Deployment", name)
    if document is None:
        return SAY.undefined(given, "Deployment", name)
    found = document.get(*REPLICAS)
    if isinstance(found, int) and not isinstance(found, bool) and found >= least:
        return SAY.passed(f"{name} asks for {found} pods.", found=str(found), **place(document, REPLICAS))
    if found is None:
        return _absent(given, document, least)
    if isinstance(found, int) and not isinstance(found, bool):
        message = f"{name} asks for {found} pod{'' if found == 1 else 's'}, and the step needs {least}."
        hint = f"Write replicas: {least}"
    else:
        message = f"replicas is a whole number, and {found!r} is none."
        hint = f"Write replicas: {least}, without quotes."
    return SAY.failed(message, found=repr(found), expected=f"at least {least}", hint=hint, **place(document, REPLICAS))


def _absent(given: CheckInput, document: Document, least: int) -> list[Finding]:
    if (bound := _scaled_to(given, document)) is not None and bound >= least:
        return SAY.passed(f"The autoscaler of {document.name} keeps at least {bound} pods.", found=str(bound))
    return SAY.failed(
        f"{document.name} says no number of replicas, so it is 1, and the step needs {least}.",
        found="1",
        expected=f"at least {least}",
        hint=f"Below the first spec: write replicas: {least}, at the depth of selector and template.",
        **place(document, REPLICAS, key=True),
    )


def _scaled_to(given: CheckInput, document: Document) -> int | None:
    """The lower bound of an autoscaler of the files, which sets the number instead."""
    for other in documents(given):
        target: Any = other.get("spec", "scaleTargetRef", default={})
        if other.kind == "HorizontalPodAutoscaler" and isinstance(target, dict):
            least = other.get("spec", "minReplicas")
            if (target.get("kind"), target.get("name")) == (document.kind, document.name) and isinstance(least, int):
                return least
    return None
