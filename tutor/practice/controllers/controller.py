"""What the loop asks of a controller."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from tutor.practice.store.event import StoreEvent

Object = dict[str, Any]
Key = tuple[str, str]
"""(namespace, name); the namespace is "" for what belongs to none."""


class Controller(Protocol):
    @property
    def name(self) -> str: ...

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        """What has to be looked at because of a change."""
        ...

    def all_keys(self) -> Iterable[Key]:
        """Everything, for the start and the resync."""
        ...

    def reconcile(self, key: Key) -> float | None:
        """One step for `key`; the seconds after which to look again even without a change, or None.

        Raises: `StatusError` where the store refuses a write; the loop tries again, later each time.
        """
        ...


class Recorder(Protocol):
    """Where events go."""

    def event(
        self, obj: Object, event_type: str, reason: str, message: str, component: str, /, *, field_path: str = ""
    ) -> None: ...


def key_of(obj: Object) -> Key:
    metadata = obj["metadata"]
    return str(metadata.get("namespace", "")), str(metadata["name"])


def controller_of(obj: Object) -> Object | None:
    """The owner reference whose `controller` is true, or None."""
    return next((ref for ref in obj["metadata"].get("ownerReferences") or [] if ref.get("controller")), None)


def owner_reference(owner: Object) -> Object:
    """The reference that a controller sets in what it makes for `owner`."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
