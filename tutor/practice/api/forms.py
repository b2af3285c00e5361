"""The form in which a client wants objects: whole and of one version, as rows of a Table, or their metadata alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from aiohttp import web

from tutor.practice.api import negotiation
from tutor.practice.api.encoded import Encoded, dumps
from tutor.practice.api.resources import Resource
from tutor.practice.api.tables.table import Include, cells, column_definitions, empty_cells
from tutor.practice.store.errors import BadRequest

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """Two watchers with equal forms get the same bytes."""

    name: Literal["object", "table", "partial"]
    kind: str
    api_version: str
    include: Include = "Metadata"

    @classmethod
    def of(cls, request: web.Request, resource: Resource) -> Form:
        """Raises: `BadRequest`."""
        name = negotiation.form(request.headers.get("Accept", ""))
        include = _include_object(request) if name == "table" else "Metadata"
        return cls(name, resource.kind, resource.api_version, include)

    def one(self, encoded: Encoded, obj: Object, now: float, *, columns: bool = True) -> bytes:
        """An object; `columns`: a Table names its columns, in a watch in the first event alone."""
        if self.name == "object":
            return encoded.whole(obj, self.api_version)
        if self.name == "partial":
            return encoded.partial(obj)
        version = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
        return self._table(encoded, [obj], version, now, columns=columns)

    def many(self, encoded: Encoded, objects: Sequence[Object], metadata: Object, now: float) -> bytes:
        """A list; `metadata` is its own."""
        if self.name == "table":
            return self._table(encoded, objects, metadata, now)
        if self.name == "partial":
            head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
            items = [encoded.partial(obj) for obj in objects]
        else:
            head = {"kind": f"{self.kind}List", "apiVersion": self.api_version, "metadata": metadata}
            items = [encoded.item(obj, self.api_version) for obj in objects]
        return dumps(head)[:-1] + b',"items":[' + b",".join(items) + b"]}"

    def _table(
        self, encoded: Encoded, objects: Sequence[Object], metadata: Object, now: float, *, columns: bool = True
    ) -> bytes:
        definitions = column_definitions(self.kind) if columns else None
        head = {
            "kind": "Table",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": metadata,
            "columnDefinitions": definitions,
        }
        rows = [self._row(encoded, obj, now) for obj in objects]
        return dumps(head)[:-1] + b',"rows":[' + b",".join(rows) + b"]}"

    def _row(self, encoded: Encoded, obj: Object, now: float) -> bytes:
        text = b'{"cells":' + dumps(cells(self.kind, obj, now))
        if self.include == "None":
            return text + b',"object":null}'
        shown = encoded.partial(obj) if self.include == "Metadata" else encoded.whole(obj, self.api_version)
        return text + b',"object":' + shown + b"}"

    def bookmark(self, version: int, annotations: dict[str, str] | None = None) -> bytes:
        """An object that carries the version alone."""
        metadata: Object = {"resourceVersion": str(version)}
        if annotations:
            metadata["annotations"] = annotations
        partial = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        if self.name == "table":
            row = {"cells": empty_cells(self.kind), "object": partial}
            head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": str(version)}}
            return dumps({**head, "columnDefinitions": None, "rows": [row]})
        if self.name == "partial":
            return dumps(partial)
        return dumps({"kind": self.kind, "apiVersion": self.api_version, "metadata": metadata})


def _include_object(request: web.Request) -> Include:
    given = request.query.get("includeObject") or "Metadata"
    if given not in ("None", "Metadata", "Object"):
        problem = f"includeObject: Invalid value: \"{given}\": must be 'Metadata', 'Object', 'None', or empty"
        raise BadRequest(f"Unable to convert to Table as requested: {problem}")
    return cast(Include, given)
