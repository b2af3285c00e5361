"""/openapi/v3 with a document for each group and version, and /openapi/v2 as small as clients accept it.

The documents are the real API server's own, trimmed to our kinds; they are sent as they lie on disk, compressed.
"""

from __future__ import annotations

import functools
import gzip
import hashlib

from aiohttp import web

from tutor.kube import schema
from tutor.practice.api.answers import json_answer
from tutor.practice.store.errors import StatusError

V2_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
# gnostic Document: swagger "2.0", info {title "Kubernetes", version "v1.34.2"}, paths {}.
_V2_BODY = b"\x0a\x032.0\x12\x15\x0a\nKubernetes\x12\x07v1.34.2\x42\x00"
_V2_JSON = {"swagger": "2.0", "info": {"title": "Kubernetes", "version": "v1.34.2"}, "paths": {}}


def v2(request: web.Request) -> web.Response:
    """kubectl asks for it when a kind is unknown: it has to be readable, and says nothing."""
    if "proto-openapi" in request.headers.get("Accept", ""):
        return web.Response(body=_V2_BODY, headers={"Content-Type": V2_TYPE})
    return json_answer(_V2_JSON)


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
