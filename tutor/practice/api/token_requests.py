"""serviceaccounts/token: a TokenRequest is answered with a token, and nothing is stored."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tutor.kube.schema.validation.field_error import FieldError, invalid
from tutor.kube.times import format_unix
from tutor.practice.access import tokens
from tutor.practice.api import field_validation, ownership
from tutor.practice.api.answers import json_answer, warning_header
from tutor.practice.api.bodies import read_object
from tutor.practice.api.context import Context
from tutor.practice.api.options import write_options
from tutor.practice.api.reading import existing
from tutor.practice.api.target import Target
from tutor.practice.api.warned import warn
from tutor.practice.store.errors import BadRequest, Conflict, Invalid, NotFound, StatusError

Object = dict[str, Any]

KIND, API_VERSION = "TokenRequest", "authentication.k8s.io/v1"
_GROUP = API_VERSION.partition("/")[0]
_LEAST_SECONDS, _MOST_SECONDS, _SECONDS = 600, 1 << 32, 3600


async def create(context: Context, request: web.Request, target: Target) -> web.Response:
    """Raises: `StatusError`."""
    options = write_options(request)
    body = await read_object(request, target.resource, KIND, API_VERSION)
    asked, warnings = field_validation.check_object(body.content, body, options.validation)
    warn(request, warnings)
    metadata, spec = asked["metadata"], asked.get("spec") or {}
    if (metadata.get("namespace") or target.namespace) != target.namespace:
        raise BadRequest("the namespace of the provided object does not match the namespace sent on the request")
    if context.store.get("Namespace", "", target.namespace) is None:
        raise NotFound("Namespace", target.namespace)
    account = existing(context.store, Target(target.resource, target.namespace, target.name))
    _check_names(metadata, account)
    seconds = _SECONDS if spec.get("expirationSeconds") is None else spec["expirationSeconds"]
    _check_seconds(seconds)
    reference = spec.get("boundObjectRef")
    bound = [] if reference is None else _bound(context, target, reference)
    now = context.clock.now()
    # Nobody owns what the API server itself fills in below.
    owned = ownership.updated(
        None, {**asked, "spec": {**spec, "expirationSeconds": seconds}}, options.manager, now, "token", API_VERSION
    )
    audiences = spec.get("audiences") or [tokens.ISSUER]
    token = tokens.made(context.signing_key, account, bound, audiences, int(now), seconds)
    same = {key: account["metadata"][key] for key in ("name", "namespace", "uid")}
    answer = json_answer(
        {
            "kind": KIND,
            "apiVersion": API_VERSION,
            "metadata": {**same, "creationTimestamp": format_unix(now), **owned["metadata"], **same},
            "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": reference},
            "status": {"token": token, "expirationTimestamp": format_unix(int(now) + seconds)},
        },
        201,
    )
    for text in warnings:
        answer.headers.add(*warning_header(text))
    return answer


def _check_names(metadata: Object, account: Object) -> None:
    """Raises: `Invalid`, `StatusError` 409."""
    name, uid = account["metadata"]["name"], account["metadata"]["uid"]
    if metadata.get("name", name) != name:
        text = "must match the service account name if specified"
        raise _invalid(invalid(("metadata", "name"), metadata["name"], text), name)
    if metadata.get("uid", uid) != uid:
        why = f"the UID in the token request ({metadata['uid']}) does not match the UID of the service account ({uid})"
        text = f'Operation cannot be fulfilled on {KIND}.{_GROUP} "{name}": {why}'
        raise StatusError(409, "Conflict", text, {"name": name, "group": _GROUP, "kind": KIND})


def _check_seconds(seconds: int) -> None:
    """Raises: `Invalid`."""
    text = ""
    if seconds < _LEAST_SECONDS:
        text = "may not specify a duration less than 10 minutes"
    elif seconds > _MOST_SECONDS:
        text = "may not specify a duration larger than 2^32 seconds"
    if text:
        raise _invalid(invalid(("spec", "expirationSeconds"), seconds, text))


def _invalid(error: FieldError, name: str = "") -> Invalid:
    refusal = Invalid("", name, f'{KIND}.{_GROUP} "{name}" is invalid: {error}', [error.cause()])
    refusal.details = {"group": _GROUP, "kind": KIND, "causes": [error.cause()], **({"name": name} if name else {})}
    return refusal


def _bound(context: Context, target: Target, reference: Object) -> list[Object]:
    """What the token shall end with: a Pod and its Node, a Node or a Secret. Raises: `StatusError`."""
    kind, name = reference.get("kind", ""), reference.get("name", "")
    group, _, version = str(reference.get("apiVersion", "")).rpartition("/")
    if group or kind not in ("Pod", "Node", "Secret"):
        raise BadRequest(f"cannot bind token to object of type {group}/{version}, Kind={kind}")
    if not name:
        raise BadRequest("Name parameter required.")
    obj = context.store.get(kind, "" if kind == "Node" else target.namespace, name)
    if obj is None:
        raise NotFound(kind, name)
    if kind == "Pod" and obj["spec"].get("serviceAccountName") != target.name:
        what = f'cannot bind token for serviceaccount "{target.name}"'
        raise BadRequest(f"{what} to pod running with different serviceaccount name.")
    uid = reference.get("uid")
    if uid and uid != obj["metadata"]["uid"]:
        why = (
            f"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have "
            "been deleted and then recreated"
        )
        raise Conflict(kind, name, why, by_kind=True)
    node = context.store.get("Node", "", obj["spec"].get("nodeName", "")) if kind == "Pod" else None
    return [obj] if node is None else [obj, node]
