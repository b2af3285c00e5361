"""Objects as JSON, each written once for all who ask for the same version of it.

An object of the store never changes, so the bytes are kept beside the object itself until another takes its place, up
to a bound.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from tutor.practice.api import conversion
from tutor.practice.store.event import StoreEvent

Object = dict[str, Any]

MOST_BYTES = 12 << 20
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dumps(value: Any) -> bytes:
    return _encode(value).encode()


class Encoded:
    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._size = 0
        self._known: OrderedDict[int, tuple[Object, dict[str, bytes]]] = OrderedDict()

    def on_event(self, event: StoreEvent) -> None:
        """For `Store.subscribe`: nobody asks any more for what an object was."""
        if event.old is not None:
            self._forget(id(event.old))
        if event.type == "DELETED":
            self._forget(id(event.object))

    def item(self, obj: Object, api_version: str) -> bytes:
        """As an item of a list: without kind and apiVersion."""
        known = self._find(obj, api_version)
        if known is not None:
            return known
        converted = conversion.to_version(obj, api_version)
        content = {key: value for key, value in converted.items() if key not in ("kind", "apiVersion")}
        return self._keep(obj, api_version, dumps(content))

    def whole(self, obj: Object, api_version: str) -> bytes:
        head = f'{{"kind":"{obj["kind"]}","apiVersion":"{api_version}"'.encode()
        item = self.item(obj, api_version)
        return head + (b"," if item != b"{}" else b"") + item[1:]

    def partial(self, obj: Object) -> bytes:
        """The PartialObjectMetadata."""
        known = self._find(obj, "partial")
        return self._keep(obj, "partial", _partial(obj)) if known is None else known

    def _find(self, obj: Object, form: str) -> bytes | None:
        # An id belongs to one object for as long as the object is kept here.
        known = self._known.get(id(obj))
        return None if known is None else known[1].get(form)

    def _keep(self, obj: Object, form: str, text: bytes) -> bytes:
        self._known.setdefault(id(obj), (obj, {}))[1][form] = text
        self._size += len(text)
        while self._size > self._most_bytes:
            self._forget(next(iter(self._known)))
        return text

    def _forget(self, identity: int) -> None:
        _, texts = self._known.pop(identity, (None, {}))
        self._size -= sum(map(len, texts.values()))


def _partial(obj: Mapping[str, Any]) -> bytes:
    return b'{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":%b}' % dumps(obj["metadata"])
