"""The pod template has the container, under the name that `kubectl set image` needs, with the right image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.labels_differ import spot
from tutor.checks.manifest.pod_template import CONTAINERS, containers, find_container
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document
from tutor.kube.images import normalise

SAY = Say("container", "https://kubernetes.io/docs/concepts/containers/images/#image-names")


@rule("container", Level.MANIFEST, {"deployment": str, "container": str, "image": str}, {"tags": list})
def container(given: CheckInput) -> list[Finding]:
    """The pod template has the container, with its name and its image."""
    deployment, name = str(given.params["deployment"]), str(given.params["container"])
    document = find_document(given, "Deployment", deployment)
    if document is None:
        return SAY.undefined(given, "Deployment", deployment)
    index, entry = find_container(document, name)
    if index is None:
        return _absent(document, name, str(given.params["image"]))
    return _image(document, index, entry, str(given.params["image"]), given.params.get("tags") or ())


def _absent(document: Document, name: str, image: str) -> list[Finding]:
    there = [(index, str(entry.get("name") or "")) for index, entry in containers(document)]
    if not there:
        return _none(document, name)
    names = [found for _, found in there]
    wanted = normalise(image).repository
    running = next((i for i, c in containers(document) if _repository(c.get("image")) == wanted), None)
    near = get_close_matches(name, names, 1, 0.6)
    index = running if running is not None else there[names.index(near[0])][0] if near else there[0][0]
    found = names[[i for i, _ in there].index(index)]
    path = (*CONTAINERS, index, "name")
    if not found:
        return SAY.failed(
            "A container has no name.",
            expected=name,
            hint=f"Begin the entry with - name: {name}",
            **place(document, path),
        )
    return SAY.failed(
        f"The container has the name {found}, and the step needs {name}: kubectl set image finds a container by its"
        " name.",
        found=", ".join(names),
        expected=name,
        hint=f"Write name: {name}, above its image.",
        **place(document, path),
    )


def _none(document: Document, name: str) -> list[Finding]:
    return SAY.failed(
        f"The Deployment {document.name} describes no container.",
        found="no containers",
        expected=f"spec.template.spec.containers with {name}",
        hint="Under spec write template:, in it spec:, in it containers:, a list with name and image.",
        **place(document, CONTAINERS, key=True),
    )


def _image(
    document: Document, index: int, entry: Mapping[str, Any], image: str, tags: Iterable[object]
) -> list[Finding]:
    path = (*CONTAINERS, index, "image")
    found = entry.get("image")
    expected, name = normalise(image), str(entry.get("name"))
    allowed = [str(tag) for tag in tags] or [expected.tag]
    wanted = f"{expected.repository}:{allowed[0]}"
    if not isinstance(found, str) or not found.strip():
        return SAY.failed(
            f"The container {name} has no image.",
            found="no image",
            expected=wanted,
            hint=f"Write image: {wanted} below its name.",
            **place(document, path, key=True),
        )
    given = normalise(found)
    shown: dict[str, Any] = {"found": found, "expected": wanted, **place(document, path)}
    if (given.registry, given.repository) != (expected.registry, expected.repository):
        if found.strip("\u201c\u201d\u201e\u2018\u2019") != found:
            where, hint = "", "Its quotes are those of a word processor: use straight ones, or none."
        else:
            where = spot(given.repository, expected.repository, "") if given.registry == expected.registry else ""
            hint = f"Write image: {wanted}"
        return SAY.failed(
            f"The container {name} has the image {found}, and the step needs {wanted}{where}.", hint=hint, **shown
        )
    if given.tag in allowed or (not given.tag and given.digest):
        return SAY.passed(f"The container {name} has the image {found}.", **shown)
    if ":" not in found.rpartition("/")[2] and not given.digest:
        return SAY.failed(
            f"The image {found} has no tag, and without one Kubernetes asks for latest, which does not exist.",
            hint=f"Write image: {wanted}",
            **shown,
        )
    return SAY.failed(
        f"The image {found} has the tag {given.tag}, and the step needs {' or '.join(allowed)}.",
        hint=f"Write image: {wanted}",
        **shown,
    )


def _repository(image: Any) -> str:
    return normalise(image).repository if isinstance(image, str) and image.strip() else ""
