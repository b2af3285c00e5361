"""A Deployment's selector fits the labels of its own pod template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.labels_differ import compare
from tutor.checks.manifest.pod_template import LABELS, as_labels, label_text, pod_labels
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path
from tutor.kube.labels import of_label_selector

SAY = Say("selector-matches-template", "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector")
SELECTOR: Path = ("spec", "selector")


@rule("selector-matches-template", Level.MANIFEST, {"deployment": str})
def selector_matches_template(given: CheckInput) -> list[Finding]:
    """The Deployment's selector fits the labels of its pod template."""
    name = str(given.params["deployment"])
    document = find_document(given, "Deployment", name)
    if document is None:
        return SAY.undefined(given, "Deployment", name)
    selector, labels = document.get(*SELECTOR), pod_labels(document)
    if not isinstance(selector, Mapping) or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return _no_selector(document, labels)
    if not labels:
        return _no_labels(document)
    findings = [*_labels(document, selector.get("matchLabels"), labels), *_expressions(document, selector, labels)]
    return findings or SAY.passed(
        f"The selector of {name} fits its pods: {label_text(labels)}.", **place(document, SELECTOR, key=True)
    )


def _no_selector(document: Document, labels: Mapping[str, str]) -> list[Finding]:
    return SAY.failed(
        f"The Deployment {document.name} has no selector: it would not recognise its own pods.",
        found="no selector",
        expected=f"selector.matchLabels with {label_text(labels)}" if labels else "selector.matchLabels with a label",
        hint="Under spec write selector:, in it matchLabels:, in it a label of the pod template.",
        **place(document, SELECTOR, key=True),
    )


def _no_labels(document: Document) -> list[Finding]:
    return SAY.failed(
        f"The pod template of {document.name} has no labels, so the selector finds none of its pods.",
        found="no labels",
        expected="the labels that the selector names",
        hint="Under spec.template write metadata:, in it labels:, in it the label of the selector.",
        **place(document, LABELS, key=True),
    )


def _labels(document: Document, wanted: Any, labels: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = []
    for key, value in as_labels(wanted).items():
        if labels.get(key) == value:
            continue
        _, words = compare({key: value}, labels, "the pod template")
        # Where the Deployment's own labels agree with the selector, the template is the odd one.
        odd = (*LABELS, key) if document.labels.get(key) == value else (*SELECTOR, "matchLabels", key)
        found.extend(
            SAY.failed(
                f"The selector does not fit the pod template: it wants {words}.",
                found=label_text(labels),
                expected=f"{key}={value} in both",
                hint="Write the same text in selector.matchLabels and in template.metadata.labels.",
                **place(document, odd),
            )
        )
    return found


def _expressions(document: Document, selector: Mapping[str, Any], labels: Mapping[str, str]) -> list[Finding]:
    expressions = selector.get("matchExpressions")
    found: list[Finding] = []
    for index, expression in enumerate(expressions if isinstance(expressions, list) else []):
        if not isinstance(expression, Mapping):
            continue  # its shape is another rule's
        if of_label_selector({"matchExpressions": [expression]}).matches(labels):
            continue
        key, operator = str(expression.get("key", "")), str(expression.get("operator", ""))
        values = expression.get("values")
        said = f"{key} {operator} {', '.join(map(str, values)) if isinstance(values, list) else ''}".strip()
        found.extend(
            SAY.failed(
                f"The selector does not fit the pod template: {said} does not hold for its labels.",
                found=label_text(labels),
                expected=said,
                hint="Change the expression or the labels of the template, so that it holds.",
                **place(document, (*SELECTOR, "matchExpressions", index)),
            )
        )
    return found
