"""managedFields of every write: which manager owns which fields."""

from __future__ import annotations

from typing import Any

from tutor.kube import schema
from tutor.kube.times import Clock, format_unix
from tutor.practice.api import conversion
from tutor.practice.patching import managed
from tutor.practice.patching.managed import Manager
from tutor.practice.store.shared import Own

Object = dict[str, Any]


def in_version(obj: Object, api_version: str) -> Object:
    """An object of any version under another one."""
    if obj["apiVersion"] == api_version:
        return obj
    return conversion.to_version(conversion.to_stored(obj), api_version)


def updated(
    old: Object | None, new: Object, manager: str, now: float, subresource: str = "", api_version: str = ""
) -> Object:
    """`new` with the managedFields that it has once `manager` has written it over `old` (None: created).

    An object whose client takes all entries away stays without until it is applied, as on a real server.
    """
    version = api_version or str(new["apiVersion"])
    metadata = dict(new["metadata"])
    given = metadata.pop("managedFields", None)
    bare = {**new, "metadata": metadata}
    before = _bare(old)
    entries = _entries(given, old)
    if old is not None and not entries:
        return bare
    written = managed.update(
        before, bare, entries, Manager(manager, "Update", version, subresource), format_unix(now), in_version
    )
    if written:
        metadata["managedFields"] = managed.write(written)
    return bare


def of_components(clock: Clock) -> Own:
    """For `Store.own`: what the cluster's own controllers and its kubelet write is theirs. Events stay without."""

    def own(old: Object | None, new: Object, manager: str, subresource: str) -> Object:
        if new["kind"] == "Event":
            return new
        if old is None:
            # As if it came over HTTP: defaults belong to who makes the object.
            new = schema.set_defaults(new)
        return updated(old, new, manager, clock.now(), subresource)

    return own


def _bare(obj: Object | None) -> Object | None:
    if obj is None:
        return None
    return {**obj, "metadata": {key: value for key, value in obj["metadata"].items() if key != "managedFields"}}


def _entries(given: Any, old: Object | None) -> managed.Managed:
    """Those that the client sent; those of before where it sent none, or such that cannot be read."""
    stored = managed.read((old or {"metadata": {}})["metadata"].get("managedFields"))
    if given is None or old is None:
        return stored
    if given in ([], [{}]):
        return {}
    try:
        return managed.read(given) or stored
    except (ValueError, AttributeError):
        return stored
