"""A learner's objects beside those of a reference: paired by kind and name, each difference with both of its places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tutor.core.comparing.compare import Difference, Place, differences, text_of
from tutor.core.comparing.normalise import normalised
from tutor.core.comparing.tolerances import MISSING, OTHER
from tutor.core.manifest import Document
from tutor.kube.labels import equality_matches, matches


class Pairing(StrEnum):
    SAME = "same"
    """No difference at all."""
    AS_GOOD = "as-good"
    """Differences, none of which matters."""
    DIFFERS = "differs"
    MISSING = "missing"
    """No file of the learner defines it."""
    EXTRA = "extra"
    """The learner's own, in a file of the step; the reference has no such object."""


@dataclass(frozen=True, slots=True)
class PlacedDifference:
    """A difference with the lines where it can be seen, which count from 1; None on a side that has nothing there."""

    path: str
    reference: str
    learner: str
    matters: bool
    why: str
    reference_line: int | None
    learner_line: int | None
    learner_column: int | None


@dataclass(frozen=True, slots=True)
class ComparedObject:
    kind: str
    name: str
    """The reference's; the learner's own for an extra object."""
    pairing: Pairing
    reference_file: str = ""
    reference_line: int | None = None
    learner_file: str = ""
    learner_line: int | None = None
    differences: tuple[PlacedDifference, ...] = ()


def compare_objects(
    reference: Sequence[Document], learner: Sequence[Document], own_files: Iterable[str] = ()
) -> tuple[ComparedObject, ...]:
    """All objects of the reference in their order, then what else the learner's `own_files` define.

    An object is looked for by kind and name in all of the learner's files; one that is not there is paired with the
    only other object of its kind in `own_files`, which then has another name.
    """
    files = frozenset(own_files)
    wanted_names = {(document.kind, document.name) for document in reference}
    spare = [d for d in learner if d.file in files and d.kind and (d.kind, d.name) not in wanted_names]
    found: list[ComparedObject] = []
    for wanted in reference:
        given = next((d for d in learner if (d.kind, d.name) == (wanted.kind, wanted.name)), None)
        if given is None:
            near = [d for d in spare if d.kind == wanted.kind]
            if len(near) != 1:
                found.append(_missing(wanted))
                continue
            given = near[0]
            spare.remove(given)
        found.append(_compared(wanted, given, reference, learner))
    for extra in spare:
        line = extra.position().line
        found.append(ComparedObject(extra.kind, extra.name, Pairing.EXTRA, learner_file=extra.file, learner_line=line))
    return tuple(found)


def _missing(wanted: Document) -> ComparedObject:
    return ComparedObject(wanted.kind, wanted.name, Pairing.MISSING, wanted.file, wanted.position().line)


def _compared(
    wanted: Document, given: Document, reference: Sequence[Document], learner: Sequence[Document]
) -> ComparedObject:
    ours = normalised(wanted.value, _pods_behind(wanted, reference))
    theirs = normalised(given.value, _pods_behind(given, learner))
    listed = [_agreeing(difference, given, wanted, learner) for difference in differences(ours, theirs)]
    placed = tuple(_placed(difference, wanted, given) for difference in listed)
    pairing = Pairing.DIFFERS if any(d.matters for d in placed) else Pairing.AS_GOOD if placed else Pairing.SAME
    return ComparedObject(
        wanted.kind,
        wanted.name,
        pairing,
        wanted.file,
        wanted.position().line,
        given.file,
        given.position().line,
        placed,
    )


def _placed(difference: Difference, wanted: Document, given: Document) -> PlacedDifference:
    # Where something is missing, what it belongs into is the place to write it.
    ours = wanted.key_position(_there(wanted, difference.reference_at))
    theirs = given.key_position(_there(given, difference.learner_at))
    learner, why = difference.learner, difference.why
    if not learner and (default := given.get(*difference.learner_at)) is not None:
        # A default that is written out, where the reference has another value.
        learner = text_of(default)
        why = why if difference.why != MISSING else OTHER
    return PlacedDifference(
        difference.path,
        difference.reference,
        learner,
        difference.matters,
        why,
        ours.line if difference.reference else None,
        theirs.line,
        theirs.column,
    )


def _there(document: Document, place: Place) -> Place:
    """The place, or the nearest one around it that the document has."""
    for length in range(len(place), 0, -1):
        if document.get(*place[:length]) is not None:
            return place[:length]
    return ()


def _agreeing(difference: Difference, given: Document, wanted: Document, learner: Sequence[Document]) -> Difference:
    """Labels are free only as long as they agree: whether they do is seen on the learner's own objects."""
    if difference.matters or not difference.path.startswith(("spec.selector", "spec.template.metadata.labels")):
        return difference
    if given.kind == "Service":
        selector = given.get("spec", "selector")
        deployments = [d for d in learner if d.kind == "Deployment"]
        if not isinstance(selector, Mapping) or not any(
            equality_matches(selector, _pod_labels(d)) for d in deployments
        ):
            return replace(difference, matters=True, why="No pod template in your files has these labels.")
    elif given.kind == wanted.kind == "Deployment":
        selector = given.get("spec", "selector")
        if not isinstance(selector, Mapping) or not matches(selector, _pod_labels(given)):
            return replace(difference, matters=True, why="The selector and the labels of the template do not agree.")
    return difference


def _pods_behind(service: Document, documents: Sequence[Document]) -> Mapping[str, Any]:
    """The pod template that a Service of these documents sends to; {} where none is known."""
    selector = service.get("spec", "selector")
    if service.kind != "Service" or not isinstance(selector, Mapping):
        return {}
    for document in documents:
        template = document.get("spec", "template")
        if isinstance(template, Mapping) and equality_matches(selector, _pod_labels(document)):
            return template
    return {}


def _pod_labels(document: Document) -> dict[str, str]:
    labels = document.get("spec", "template", "metadata", "labels")
    return {str(key): str(value) for key, value in labels.items()} if isinstance(labels, Mapping) else {}
