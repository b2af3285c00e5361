"""The web application: who may ask, which handler answers, and how refusals look."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from tutor.practice.api import (
    connect_proxy,
    deleting,
    general,
    patches,
    pod_logs,
    pod_metrics,
    reading,
    reviews,
    scale,
    watching,
    writing,
)
from tutor.practice.api.answers import refusal
from tutor.practice.api.context import Context
from tutor.practice.api.resources import REVIEW_KINDS
from tutor.practice.api.target import Target, parse_target
from tutor.practice.kubelet.errors import KubeletError
from tutor.practice.store.errors import StatusError

LOG = logging.getLogger(__name__)

MAX_BODY_BYTES = 3 << 20
"""As a real API server's limit."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(context: Context) -> web.Application:
    """Everything under one handler: URLs are parsed by the rules of the API, not by a table of routes."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            if not authorized(request, context.token):
                raise StatusError(401, "Unauthorized", "Unauthorized")
            return await _answer(context, request)
        except StatusError as error:
            return refusal(error)
        except KubeletError as error:
            return refusal(StatusError(error.code, error.reason, error.message))
        except web.HTTPRequestEntityTooLarge:
            text = f"limit is {MAX_BODY_BYTES}"
            return refusal(StatusError(413, "RequestEntityTooLarge", f"Request entity too large: {text}"))
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as error:
            # A defect: the client gets a Status as from a real server, the log the traceback.
            LOG.exception("%s %s", request.method, request.path_qs)
            return refusal(StatusError(500, "InternalError", f"Internal error occurred: {error!r}"))

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_route("*", "/{path:.*}", handle)
    return app


def authorized(request: web.Request, token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), token.encode())
    # Browsers cannot set headers of a websocket: the token comes as a subprotocol there. Nothing of ours needs it.
    return False


async def _answer(context: Context, request: web.Request) -> web.StreamResponse:
    target = parse_target(request.path)
    if target is None:
        return general.answer(context, request)
    if target.resource.kind in REVIEW_KINDS:
        if request.method != "POST" or target.name:
            raise _method_not_allowed()
        return await reviews.review(context, request, target)
    if target.resource.group == "metrics.k8s.io":
        if request.method != "GET":
            raise _method_not_allowed()
        return pod_metrics.answer(context, request, target)
    if target.subresource:
        return await _subresource(context, request, target)
    if target.name:
        return await _object(context, request, target)
    return await _collection(context, request, target)


async def _collection(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    if request.method in ("GET", "HEAD"):
        if request.query.get("watch") in ("true", "1"):
            return await watching.watch(context, request, target)
        return reading.list_objects(context, request, target)
    if target.resource.namespaced and not target.namespace:
        raise _method_not_allowed()
    if request.method == "POST":
        return await writing.create(context, request, target)
    if request.method == "DELETE":
        return await deleting.delete_collection(context, request, target)
    raise _method_not_allowed()


async def _object(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    method = request.method
    if method in ("GET", "HEAD"):
        if request.query.get("watch") in ("true", "1"):
            return await watching.watch(context, request, target)
        return reading.get(context, request, target)
    if method == "PUT":
        return await writing.replace(context, request, target)
    if method == "PATCH":
        return await patches.patch(context, request, target)
    if method == "DELETE":
        return await deleting.delete(context, request, target)
    raise _method_not_allowed()


async def _subresource(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    kind, subresource, method = target.resource.kind, target.subresource, request.method
    if subresource == "proxy" and kind in ("Service", "Pod"):
        return await connect_proxy.proxy(context, request, target)
    if subresource == "scale" and kind in ("Deployment", "ReplicaSet"):
        return await _scale(context, request, target)
    if (subresource == "status" and kind in general.WITH_STATUS) or (subresource == "finalize" and kind == "Namespace"):
        return await _part(context, request, target)
    if kind == "Pod":
        if subresource == "log" and method == "GET":
            return await pod_logs.logs(context, request, target)
        if subresource in ("exec", "portforward") and method in ("GET", "POST"):
            reading.existing(context.store, target)
            return await context.streams[subresource](request, target.namespace, target.name)
        if subresource == "eviction" and method == "POST":
            return await deleting.evict(context, request, target)
        if subresource in ("log", "exec", "portforward", "eviction"):
            raise _method_not_allowed()
    raise general.no_such_resource()


async def _scale(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    if request.method == "GET":
        return scale.get(context, target)
    if request.method == "PUT":
        return await scale.replace(context, request, target)
    if request.method == "PATCH":
        return await scale.patch(context, request, target)
    raise _method_not_allowed()


async def _part(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    """The status, or a namespace's finalizers."""
    if request.method == "GET" and target.subresource == "status":
        return reading.get(context, request, target)
    if request.method == "PUT":
        return await writing.replace(context, request, target)
    if request.method == "PATCH" and target.subresource == "status":
        return await patches.patch(context, request, target)
    raise _method_not_allowed()


def _method_not_allowed() -> StatusError:
    text = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", text, {})
