"""What may be changed of a pod that is there: its images, a few seconds, more tolerations."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.validation.field_error import Errors, forbidden, invalid, required
from tutor.kube.schema.validation.metadata import changed_metadata
from tutor.kube.schema.validation.pods import new_pod, pod
from tutor.kube.schema.validation.texts import in_range

__all__ = ["changed_pod", "new_pod"]

Object = Mapping[str, Any]

CHANGEABLE = (
    "`spec.containers[*].image`",
    "`spec.initContainers[*].image`",
    "`spec.activeDeadlineSeconds`",
    "`spec.tolerations` (only additions to existing tolerations)",
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
)


def changed_pod(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from pod(obj)
    spec, before = obj.get("spec") or {}, old.get("spec") or {}
    for name in ("containers", "initContainers"):
        new, known = spec.get(name) or [], before.get(name) or []
        if len(new) != len(known):
            yield forbidden(("spec", name), "pod updates may not add or remove containers")
            return
        for index, container in enumerate(new):
            if not container.get("image"):
                yield required(("spec", name, index, "image"))
            elif container["image"] != container["image"].strip():
                detail = "must not have leading or trailing whitespace"
                yield invalid(("spec", name, index, "image"), container["image"], detail)
    deadline = list(_deadline(spec.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")))
    yield from deadline
    if deadline and spec.get("activeDeadlineSeconds") is not None:
        return
    yield from _kept_tolerations(spec, before)
    if _without_changeable(spec) != _without_changeable(before):
        # The API server adds a difference of Go values, which nobody can read.
        yield forbidden(("spec",), f"pod updates may not change fields other than {','.join(CHANGEABLE)}")


def _deadline(new: int | None, old: int | None) -> Errors:
    at = ("spec", "activeDeadlineSeconds")
    if new is not None:
        if details := in_range(new, 0, 2**31 - 1):
            yield invalid(at, new, details[0])
        elif old is not None and old < new:
            yield invalid(at, new, "must be less than or equal to previous value")
    elif old is not None:
        yield invalid(at, None, "must not update from a positive integer to nil value")


def _kept_tolerations(spec: Object, before: Object) -> Errors:
    new = [_without_seconds(one) for one in spec.get("tolerations") or []]
    if any(_without_seconds(one) not in new for one in before.get("tolerations") or []):
        yield forbidden(("spec", "tolerations"), "existing toleration can not be modified except its tolerationSeconds")


def _without_seconds(toleration: Object) -> dict[str, Any]:
    return {key: value for key, value in toleration.items() if key != "tolerationSeconds"}


def _without_changeable(spec: Object) -> dict[str, Any]:
    left = copy.deepcopy(dict(spec))
    for name in ("activeDeadlineSeconds", "tolerations", "schedulingGates"):
        left.pop(name, None)
    for name in ("containers", "initContainers"):
        for container in left.get(name) or []:
            container.pop("image", None)
    return left
