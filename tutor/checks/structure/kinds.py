"""apiVersion and kind: missing, misspelt, outdated, or of something that the tutor does not know."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from tutor.checks.say import Say, place
from tutor.checks.structure.words import DOCS, OBJECTS, page, short, shown
from tutor.core.finding import Finding
from tutor.core.manifest import Document
from tutor.kube.refs import KINDS, kind_info
from tutor.kube.schema import types

DEPRECATIONS = f"{DOCS}/reference/using-api/deprecation-guide/"
REMOVED: Mapping[str, str] = {
    "extensions/v1beta1": "1.16",
    "apps/v1beta1": "1.16",
    "apps/v1beta2": "1.16",
    "networking.k8s.io/v1beta1": "1.22",
    "rbac.authorization.k8s.io/v1beta1": "1.22",
    "apiextensions.k8s.io/v1beta1": "1.22",
    "batch/v1beta1": "1.25",
    "policy/v1beta1": "1.25",
    "discovery.k8s.io/v1beta1": "1.25",
    "events.k8s.io/v1beta1": "1.25",
    "autoscaling/v2beta1": "1.25",
    "autoscaling/v2beta2": "1.26",
}
"""Versions that old pages still show → the release that has them no more. Source: the deprecation guide."""
LONGEST = 60
LISTS = ("List", "DeploymentList", "ServiceList", "PodList")


def kind_findings(say: Say, document: Document) -> list[Finding]:
    """What is wrong with apiVersion and kind; empty where both are right and the schema is known."""
    version, kind = document.get("apiVersion"), document.get("kind")
    for field, value in (("apiVersion", version), ("kind", kind)):
        if value is None:
            return _absent(say, document, field)
        if not isinstance(value, str):
            message = f"{field} is a text, and {shown(value)} is none."
            example = "apps/v1" if field == "apiVersion" else "Deployment"
            return say.failed(
                message,
                found=shown(value),
                expected=f"{field}: {example}, for example",
                hint=f"Write it behind the colon of {field}.",
                source=OBJECTS,
                **place(document, (field,)),
            )
    if types.kind_type(version, kind) or (version == "v1" and kind in LISTS):
        return []
    places = [served for served, kinds in types.served().items() if kind in kinds]
    if version not in types.served() and "." in version.partition("/")[0] and version not in REMOVED:
        return [_unknown(say, document, kind)]
    if version in places:
        return [_unknown(say, document, kind)]
    if places:
        return _other_version(say, document, version, kind, places)
    return _other_kind(say, document, version, kind)


def another_kind(say: Say, document: Document, slips: int) -> Finding | None:
    """Where the fields of spec are those of another kind: the kind is wrong, or the whole of it was copied.

    `slips`: the fields of spec that the document's own kind does not have.
    """
    spec = document.get("spec")
    if slips < 2 and not (slips and document.kind == "Deployment" and isinstance(spec, Mapping) and "ports" in spec):
        return None
    for name in ("Deployment", "Service", "HorizontalPodAutoscaler", "Pod"):
        kind_type = types.kind_type(KINDS[name].api_version, name)
        if name == document.kind or kind_type is None or not isinstance(spec, Mapping):
            continue
        known = types.fields(types.fields(kind_type)["spec"].type[1:])
        if spec and all(field in known for field in spec):
            return say.failed(
                f"The kind is {document.kind}, and spec has the fields of a {name}: {', '.join(spec)}.",
                found=f"kind: {document.kind}",
                expected=f"kind: {name}",
                hint=f"Write kind: {name} and apiVersion: {KINDS[name].api_version}, or the spec of a {document.kind}.",
                source=page(name),
                **place(document, ("kind",)),
            )[0]
    return None


def _unknown(say: Say, document: Document, kind: str) -> Finding:
    return say.note(
        f"The tutor does not know the fields of the kind {short(kind)}: the API server will judge it.",
        hint="Apply it with --dry-run=server to hear what the API server says.",
        found=short(f"{document.api_version} {kind}"),
        **place(document, ("kind",)),
    )


def _absent(say: Say, document: Document, field: str) -> list[Finding]:
    """A field that every object has: nowhere, with nothing behind its colon, or misspelt."""
    value: Any = document.value
    if field in value:
        return say.failed(
            f"{field} has no value.",
            found="nothing",
            expected=_expected(document, field),
            hint=f"Write it behind the colon of {field}:",
            source=OBJECTS,
            **place(document, (field,), key=True),
        )
    near = get_close_matches(field.lower(), [key.lower() for key in value if len(key) <= LONGEST], 1, 0.8)
    if near:
        written = next(key for key in value if key.lower() == near[0])
        return say.failed(
            f"{written} is no field of an object: {field} is meant.",
            found=written,
            expected=field,
            hint="Capital letters count." if written.lower() == field.lower() else f"Write {field}.",
            source=OBJECTS,
            **place(document, (written,), key=True),
        )
    if "services" in value and "kind" not in value:
        message = "This looks like a file of Docker Compose, and not like an object of Kubernetes."
    else:
        message = f"The object has no {field}."
    return say.failed(
        message,
        found=shown(value) if value else "nothing",
        expected=_expected(document, field),
        hint="Every object begins with apiVersion and kind, at the left edge.",
        source=OBJECTS,
        **place(document, (field,)),
    )


def _expected(document: Document, field: str) -> str:
    if field == "apiVersion" and (info := kind_info(document.kind)) is not None:
        return f"apiVersion: {info.api_version}"
    return "apiVersion: apps/v1" if field == "apiVersion" else "kind: Deployment, for example"


def _other_version(say: Say, document: Document, version: str, kind: str, places: list[str]) -> list[Finding]:
    # The store's own version first: autoscaling/v2 rather than v1.
    wanted = KINDS[kind].api_version if kind in KINDS else places[-1]
    if version in REMOVED:
        message = f"{version} is outdated: since Kubernetes {REMOVED[version]} there is no {kind} in it."
        source = DEPRECATIONS
    elif version in types.served():
        message = f"There is no {kind} in {version}."
        source = page(kind)
    else:
        message = f"There is no {short(version)} in Kubernetes."
        source = page(kind)
    return say.failed(
        message,
        found=short(version),
        expected=wanted,
        hint=f"Write apiVersion: {wanted}",
        source=source,
        **place(document, ("apiVersion",)),
    )


def _other_kind(say: Say, document: Document, version: str, kind: str) -> list[Finding]:
    every = {name for kinds in types.served().values() for name in kinds}
    same = [name for name in every if name.lower() == kind.lower()]
    info = kind_info(kind)
    near = same or ([info.kind] if info else []) or get_close_matches(kind[:LONGEST], sorted(every), 1, 0.75)
    version, kind = short(version), short(kind)
    if near:
        meant = near[0]
        if same:
            message = f"{kind} is written {meant}: capital letters count."
        elif info:
            message = f"{kind} is what kubectl calls them on the command line; in a file the kind is {meant}."
        else:
            message = f"There is no kind {kind}; {meant} is meant, it seems."
        return say.failed(
            message,
            found=kind,
            expected=meant,
            hint=f"Write kind: {meant}",
            source=page(meant),
            **place(document, ("kind",)),
        )
    if version in types.served() or version in REMOVED:
        message, where = f"There is no kind {kind} in {version}.", ("kind",)
    else:
        message, where = f"There is no {version} in Kubernetes, and no kind {kind}.", ("apiVersion",)
    return say.failed(
        message,
        found=f"{version} {kind}",
        expected="apps/v1 Deployment, or v1 Service, for example",
        hint="kubectl api-resources lists all kinds with their apiVersion.",
        source=OBJECTS,
        **place(document, where),
    )
