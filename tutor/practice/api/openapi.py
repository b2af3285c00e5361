"""/openapi/v3 with a document for each group and version, and /openapi/v2 with the same types in one.

The documents are the real API server's own, trimmed to our kinds; they are sent as they lie on disk, compressed.
"""

from __future__ import annotations

import functools
import gzip
import hashlib

from aiohttp import web

from tutor.kube import schema
from tutor.practice.api import negotiation, swagger
from tutor.practice.api.answers import json_answer
from tutor.practice.api.encoded import dumps
from tutor.practice.protobuf import gnostic
from tutor.practice.store.errors import StatusError

V2_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_V2_ASKED = (V2_TYPE, "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")
_TITLE, _VERSION = "Kubernetes", "1.34"


def v2(request: web.Request) -> web.Response:
    """In protobuf as kubectl asks for it, or in JSON. The definitions alone: nobody reads its paths any more."""
    accept = request.headers.get("Accept", "")
    found = next((made for one in negotiation.accepted(accept) if (made := _v2_form(one.name))), None)
    if found is None and accept:
        return web.Response(status=406, headers={"Vary": "Accept"})
    content_type, body = found or ("application/json", _v2_json())
    digest = hashlib.sha512(_v2_json()).hexdigest().upper()
    headers = {"Content-Type": content_type, "Etag": f'"{digest}"', "Vary": "Accept-Encoding, Accept"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=gzip.compress(body, 6), headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=body, headers=headers)


def _v2_form(name: str) -> tuple[str, bytes] | None:
    """(content type, body) for a media type."""
    if name in _V2_ASKED:
        return V2_TYPE, _v2_protobuf()
    if name in ("application/json", "application/*", "*/*", "*"):
        return "application/json", _v2_json()
    return None


@functools.cache
def _v2_json() -> bytes:
    info = {"title": _TITLE, "version": _VERSION}
    return dumps({"swagger": "2.0", "info": info, "paths": {}, "definitions": swagger.definitions()})


@functools.cache
def _v2_protobuf() -> bytes:
    return gnostic.document(_TITLE, _VERSION, swagger.definitions())


@functools.cache
def _hash(path: str) -> str:
    return hashlib.sha512(schema.openapi_document(path)).hexdigest().upper()


def index() -> web.Response:
    paths = {path: {"serverRelativeURL": f"/openapi/v3/{path}?hash={_hash(path)}"} for path in schema.openapi_paths()}
    return json_answer({"paths": paths})


def document(request: web.Request, path: str) -> web.Response:
    """Raises: `StatusError` 404."""
    if path not in schema.openapi_paths():
        raise StatusError(404, "NotFound", "the server could not find the requested resource", {})
    compressed = schema.openapi_document(path)
    headers = {"Content-Type": "application/json", "Etag": f'"{_hash(path)}"', "Vary": "Accept-Encoding"}
    if request.query.get("hash") == _hash(path):
        headers["Cache-Control"] = "public, immutable"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=compressed, headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=gzip.decompress(compressed), headers=headers)
