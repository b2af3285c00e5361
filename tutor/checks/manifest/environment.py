"""A container gets the environment variables that its program needs."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.manifest.pod_template import CONTAINERS, POD, find_container, no_container
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path

SAY = Say(
    "environment", "https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"
)


@rule("environment", Level.MANIFEST, {"deployment": str, "container": str, "names": list}, {"misread": str})
def environment(given: CheckInput) -> list[Finding]:
    """The container's environment has the variables that its program reads.

    `misread`: a variable that Kubernetes sets for a Service of the namespace (enableServiceLinks), and that the program
    takes for a setting of its own.
    """
    deployment, container = str(given.params["deployment"]), str(given.params["container"])
    document = find_document(given, "Deployment", deployment)
    if document is None:
        return SAY.undefined(given, "Deployment", deployment)
    index, entry = find_container(document, container)
    if index is None:
        return no_container(SAY, document, container)
    here = (*CONTAINERS, index)
    if entry.get("envFrom"):
        return SAY.passed(
            f"The container {container} takes its environment from a ConfigMap or Secret.", file=document.file
        )
    env = entry.get("env")
    if env is not None and not isinstance(env, list):
        return SAY.failed(
            "env is a list of names and values.",
            expected="- name: …\n  value: …",
            hint="Begin each variable with a dash and name:, and write its value below it.",
            **place(document, (*here, "env")),
        )
    entries = [variable for variable in env or [] if isinstance(variable, Mapping)]
    wanted = [str(name) for name in given.params["names"]]
    findings = [finding for name in wanted for finding in _missing(document, here, entries, container, name, wanted)]
    findings.extend(_misread(document, entries, container, str(given.params.get("misread") or "")))
    return findings or SAY.passed(f"The container {container} gets all variables that it needs.", file=document.file)


def _misread(document: Document, env: list[Any], container: str, name: str) -> list[Finding]:
    links = document.get(*POD, "enableServiceLinks")
    if not name or links is False or any(variable.get("name") == name for variable in env):
        return []
    return SAY.failed(
        f"Kubernetes sets the variable {name} for the Service of that name, and the program of {container} takes it for"
        " a setting of its own: it ends with an error.",
        found="enableServiceLinks is true" + ("" if links else ", as it is where it is not set"),
        expected="enableServiceLinks: false",
        hint="Write it in the pod's spec, beside containers; or set the variable yourself, since that one wins.",
        **place(document, (*POD, "enableServiceLinks"), key=links is None),
    )


def _missing(
    document: Document, here: Path, env: list[Any], container: str, name: str, wanted: list[str]
) -> list[Finding]:
    for index, variable in enumerate(env):
        if variable.get("name") != name:
            continue
        if variable.get("valueFrom") or str(variable.get("value") or "").strip():
            return []
        return SAY.failed(
            f"The variable {name} of the container {container} has no value.",
            found="no value",
            expected=f"a value of {name}",
            hint="Write value: below its name; a number goes in quotes.",
            **place(document, (*here, "env", index)),
        )
    names = [str(variable.get("name")) for variable in env]
    others = [each.lower() for each in names if each not in wanted]
    near = next(iter(get_close_matches(name.lower(), others, 1, 0.8)), "")
    at = [each.lower() for each in names].index(near) if near else None
    where: Path = (*here, "env") if at is None else (*here, "env", at, "name")
    return SAY.failed(
        f"The container {container} does not get the variable {name}.",
        found=names[at] if at is not None else ", ".join(names) or "no variable",
        expected=name,
        hint="Write it letter by letter; capital letters count."
        if near
        else "Add it to the list env of the container, with its value.",
        **place(document, where if env else here),
    )
