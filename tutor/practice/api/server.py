"""The web application: who may ask, which handler answers, and how refusals look."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tutor.practice.access import rights
from tutor.practice.api import (
    connect_proxy,
    deleting,
    general,
    negotiation,
    patches,
    pod_logs,
    pod_metrics,
    reading,
    reviews,
    scale,
    token_requests,
    watching,
    writing,
)
from tutor.practice.api.answers import in_wanted_form, refusal, warning_header
from tutor.practice.api.authentication import authenticate
from tutor.practice.api.context import Context
from tutor.practice.api.list_options import is_watch
from tutor.practice.api.resources import REVIEW_KINDS
from tutor.practice.api.target import Target, parse_target
from tutor.practice.api.warned import warned
from tutor.practice.kubelet import log_request
from tutor.practice.kubelet.errors import KubeletError
from tutor.practice.store.errors import BadRequest, StatusError
from tutor.practice.store.metadata import WITH_STATUS

LOG = logging.getLogger(__name__)

MAX_BODY_BYTES = 3 << 20
"""As a real API server's limit."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(context: Context) -> web.Application:
    """Everything under one handler: URLs are parsed by the rules of the API, not by a table of routes."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            _admit(context, request)
            return in_wanted_form(request, await _answer(context, request))
        except StatusError as error:
            return in_wanted_form(request, refusal(error, warned(request)))
        except KubeletError as error:
            return in_wanted_form(request, refusal(StatusError(error.code, error.reason, error.message)))
        except web.HTTPRequestEntityTooLarge:
            text = f"Request entity too large: limit is {MAX_BODY_BYTES}"
            return in_wanted_form(request, refusal(StatusError(413, "RequestEntityTooLarge", text)))
        except (web.HTTPException, ConnectionError):
            raise
        except Exception as error:
            # A defect: the client gets a Status as from a real server, the log the traceback.
            LOG.exception("%s %s", request.method, request.path_qs)
            return refusal(StatusError(500, "InternalError", f"Internal error occurred: {error!r}"))

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_route("*", "/{path:.*}", handle)
    return app


def _admit(context: Context, request: web.Request) -> None:
    """Raises: `StatusError` 401, 403."""
    user = authenticate(context, request)
    if user is not None:
        rights.check(user, rights.wish_of(request.method, request.path, request.query))
    elif not _is_public(request):
        raise StatusError(401, "Unauthorized", "Unauthorized")


def _is_public(request: web.Request) -> bool:
    """What a real API server tells everybody: that it is there, and its version. A wrong token is refused anyway."""
    public = request.method in ("GET", "HEAD") and request.path in general.PUBLIC
    return public and "Authorization" not in request.headers


async def _answer(context: Context, request: web.Request) -> web.StreamResponse:
    target = parse_target(request.path)
    if target is not None and not target.subresource:
        negotiation.check_acceptable(request.headers.get("Accept", ""))
    if target is None:
        return general.answer(context, request)
    if target.resource.kind in REVIEW_KINDS:
        if request.method != "POST" or target.name:
            raise general.method_not_allowed()
        return await reviews.review(context, request, target)
    if target.resource.group == "metrics.k8s.io":
        if request.method != "GET":
            raise general.method_not_allowed()
        return pod_metrics.answer(context, request, target)
    if target.subresource:
        return await _subresource(context, request, target)
    handler = _object if target.name else _collection
    response = await handler(context, request, target)
    if target.resource.deprecation and isinstance(response, web.Response):
        response.headers.add(*warning_header(target.resource.deprecation))
    return response


async def _collection(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    if request.method in ("GET", "HEAD"):
        if is_watch(request.query):
            return await watching.watch(context, request, target)
        return reading.list_objects(context, request, target)
    if target.resource.namespaced and not target.namespace:
        raise general.method_not_allowed()
    if request.method == "POST":
        return await writing.create(context, request, target)
    if request.method == "DELETE":
        return await deleting.delete_collection(context, request, target)
    raise general.method_not_allowed()


async def _object(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    method = request.method
    if method in ("GET", "HEAD"):
        if is_watch(request.query):
            return await watching.watch(context, request, target)
        return reading.get(context, request, target)
    if method == "PUT":
        return await writing.replace(context, request, target)
    if method == "PATCH":
        return await patches.patch(context, request, target)
    if method == "DELETE":
        return await deleting.delete(context, request, target)
    raise general.method_not_allowed()


async def _subresource(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    kind, subresource, method = target.resource.kind, target.subresource, request.method
    if subresource == "proxy" and kind in ("Service", "Pod"):
        return await connect_proxy.proxy(context, request, target)
    if subresource == "scale" and kind in ("Deployment", "ReplicaSet"):
        return await _scale(context, request, target)
    if (subresource == "status" and kind in WITH_STATUS) or (subresource == "finalize" and kind == "Namespace"):
        return await _part(context, request, target)
    if (kind, subresource) == ("ServiceAccount", "token"):
        if method != "POST":
            raise general.method_not_allowed()
        return await token_requests.create(context, request, target)
    if kind == "Pod":
        if subresource == "log" and method == "GET":
            return await pod_logs.logs(context, request, target)
        if subresource in ("exec", "attach", "portforward") and method in ("GET", "POST"):
            pod = reading.existing(context.store, target)
            if subresource != "portforward":
                log_request.choose_container(pod, request.query.get("container", ""))
            _check_host(pod)
            return await context.streams[subresource](request, target.namespace, target.name)
        if subresource == "eviction" and method == "POST":
            return await deleting.evict(context, request, target)
        if subresource in ("log", "exec", "attach", "portforward", "eviction"):
            raise general.method_not_allowed()
    raise general.no_such_resource()


def _check_host(pod: dict[str, Any]) -> None:
    """Raises: `BadRequest` for a pod that runs nowhere yet."""
    if not pod["spec"].get("nodeName"):
        raise BadRequest(f"pod {pod['metadata']['name']} does not have a host assigned")


async def _scale(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    if request.method == "GET":
        return scale.get(context, target)
    if request.method == "PUT":
        return await scale.replace(context, request, target)
    if request.method == "PATCH":
        return await scale.patch(context, request, target)
    raise general.method_not_allowed()


async def _part(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    """The status, or a namespace's finalizers."""
    if request.method == "GET" and target.subresource == "status":
        return reading.get(context, request, target)
    if request.method == "PUT":
        return await writing.replace(context, request, target)
    if request.method == "PATCH" and target.subresource == "status":
        return await patches.patch(context, request, target)
    raise general.method_not_allowed()
