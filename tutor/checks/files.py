"""Which file a check is about, and which file of the workspace stands for it.

A learner may write both objects of a step into one file, or name the file otherwise (.yml, gateway.json): then the file
that defines the object is the one to look at.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.core.manifest import ManifestFile
from tutor.core.step import Step

Objects = tuple[tuple[str, str], ...]
"""(kind, name) of each."""


def files_of_checks(step: Step) -> Mapping[str, str]:
    """Id of a check → the file it is about: its parameter `file`, else that of the first check that it needs."""
    found: dict[str, str] = {}
    for check in step.checks:
        own = str(check.params.get("file") or "")
        inherited = next((found[need] for need in check.needs if found.get(need)), "")
        found[check.id or check.rule] = own or inherited
    return found


def expected_objects(step: Step) -> Mapping[str, Objects]:
    """File of the step → the objects that its checks want to be defined there."""
    files = files_of_checks(step)
    found: dict[str, Objects] = {}
    for check in step.checks:
        file = files[check.id or check.rule]
        if check.rule == "defines" and file:
            wanted = (str(check.params.get("kind")), str(check.params.get("name")))
            found[file] = (*found.get(file, ()), wanted)
    return found


def standing_for(step: Step, manifests: Mapping[str, ManifestFile]) -> Mapping[str, str]:
    """File of the step → the file that defines its objects, for each one that is not there or holds comments alone."""
    found: dict[str, str] = {}
    for file, objects in expected_objects(step).items():
        own = manifests.get(file)
        if own is not None and own.exists and not own.is_todo:
            continue
        for path, other in manifests.items():
            defined = {(document.kind, document.name) for document in other.documents}
            if path != file and all(wanted in defined for wanted in objects):
                found[file] = path
                break
    return found
