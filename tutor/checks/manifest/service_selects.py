"""A Service's selector fits the pods of its own application, and those of no other one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.labels_differ import compare
from tutor.checks.manifest.pod_template import as_labels, label_text, labels_path, pod_labels, pods_of_files
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, documents, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path
from tutor.kube.labels import equality_matches

SAY = Say("service-selects", "https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service")
SELECTOR: Path = ("spec", "selector")


@rule("service-selects", Level.MANIFEST, {"service": str, "deployment": str})
def service_selects(given: CheckInput) -> list[Finding]:
    """The Service selects the pods of its Deployment, and no others."""
    name, deployment = str(given.params["service"]), str(given.params["deployment"])
    service = find_document(given, "Service", name)
    if service is None:
        return SAY.undefined(given, "Service", name)
    if (shapeless := _selector_missing(service)) is not None:
        return shapeless
    selector = as_labels(service.get(*SELECTOR))
    target = find_document(given, "Deployment", deployment)
    if target is None:
        return SAY.undefined(given, "Deployment", deployment)
    if not equality_matches(selector, pod_labels(target)):
        return _selects_nothing(given, service, selector, target)
    findings = _strangers(given, service, selector, target) or _claimed(given, service, target)
    return findings or SAY.passed(
        f"The Service {name} selects the pods of {deployment}: {label_text(selector)}.",
        **place(service, SELECTOR, key=True),
    )


def _selector_missing(service: Document) -> list[Finding] | None:
    selector = service.get(*SELECTOR)
    if service.get("spec", "type") == "ExternalName":
        return SAY.failed(
            f"The Service {service.name} is an ExternalName: it leads to another address, not to pods.",
            found="ExternalName",
            expected="a selector",
            hint="Remove the line type:",
            **place(service, ("spec", "type")),
        )
    if not isinstance(selector, Mapping) or not selector:
        return SAY.failed(
            f"The Service {service.name} has no selector, so it leads to no pod.",
            found="no selector",
            expected="spec.selector with the labels of the pods",
            hint="Under spec write selector:, in it the label of the pod template.",
            **place(service, SELECTOR, key=True),
        )
    return None


def _selects_nothing(
    given: CheckInput, service: Document, selector: Mapping[str, str], target: Document
) -> list[Finding]:
    labels = pod_labels(target)
    where = _first_difference(selector, labels)
    _, words = compare(selector, labels, f"the pod template of {target.name}")
    others = [d.name for d in _other_apps(given, target) if equality_matches(selector, pod_labels(d))]
    instead = f" It selects the pods of {' and '.join(others)} instead." if others else ""
    # The template alone gives pods their labels: those of the Deployment itself do not count.
    own = equality_matches(selector, target.labels)
    only = " The Deployment itself has that label, but its pods do not: they take theirs from the template."
    return SAY.failed(
        f"The Service {service.name} selects no pod of {target.name}: it wants {words or label_text(selector)}."
        f"{instead}{only if own else ''}",
        found=label_text(selector),
        expected=label_text(labels) or "the labels of the pod template",
        hint=f"Compare it with spec.template.metadata.labels in {target.file}.",
        **place(service, (*SELECTOR, where)),
    )


def _first_difference(selector: Mapping[str, str], labels: Mapping[str, str]) -> str:
    return next((key for key, value in selector.items() if labels.get(key) != value), next(iter(selector), ""))


def _strangers(given: CheckInput, service: Document, selector: Mapping[str, str], target: Document) -> list[Finding]:
    """Pods of other applications that the Service would send requests to as well."""
    others = [d for d in _other_apps(given, target) if equality_matches(selector, pod_labels(d))]
    if not others:
        return []
    names = " and ".join(dict.fromkeys(other.name for other in others))
    return SAY.failed(
        f"The Service {service.name} selects {label_text(selector)}: those are the pods of {target.name}, and those of"
        f" {names} too. Every other request would go to the wrong program.",
        found=f"{target.name}, {names}",
        expected=f"{target.name} alone",
        hint="Give each application a label of its own (such as app: with its name), and select by that one.",
        **place(service, SELECTOR, key=True),
    )


def _claimed(given: CheckInput, service: Document, target: Document) -> list[Finding]:
    """A Service of another application that would send its requests to these pods as well."""
    labels = pod_labels(target)
    found: list[Finding] = []
    for other in documents(given):
        selector = as_labels(other.get(*SELECTOR))
        if other.kind != "Service" or other.name == service.name or not equality_matches(selector, labels):
            continue
        if other.namespace != target.namespace:
            continue
        theirs = [d.name for d in _other_apps(given, target) if equality_matches(selector, pod_labels(d))]
        if not theirs:
            continue
        key = next(iter(selector))
        found.extend(
            SAY.failed(
                f"The pods of {target.name} have {label_text(selector)}, which the Service {other.name} selects for"
                f" {' and '.join(theirs)}: it would send its requests to both.",
                found=label_text(labels),
                expected=f"labels that the Service {other.name} does not select",
                hint=f"Choose another label for {target.name}, in the template, in its selector and in its Service.",
                **place(target, (*labels_path(target), key)),
            )
        )
    return found


def _other_apps(given: CheckInput, target: Document) -> list[Document]:
    """What pods of other applications come from, in the namespace of `target`."""
    workloads: Any = pods_of_files(documents(given))
    return [d for d in workloads if (d.kind, d.name) != (target.kind, target.name) and d.namespace == target.namespace]
