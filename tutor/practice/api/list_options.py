"""The query of a list or a watch: metav1.ListOptions, refused where a real API server refuses them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from tutor.kube.schema.validation.field_error import FieldError, forbidden, not_supported
from tutor.practice.api.bodies import parse_json
from tutor.practice.api.options import options_invalid
from tutor.practice.store.errors import BadRequest, Expired, StatusError

_FALSE = ("false", "0")


@dataclass(frozen=True, slots=True)
class ListOptions:
    """`version` None: not given; `limit` and `seconds` 0: without."""

    watch: bool = False
    version: int | None = None
    match: str = ""
    limit: int = 0
    continue_token: str = ""
    send_initial: bool | None = None
    bookmarks: bool = False
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Continuation:
    """Where the next page begins: after the key `start`, of the objects at `version` (None: as they are now)."""

    version: int | None
    start: tuple[str, str]


def is_watch(query: Mapping[str, str]) -> bool:
    return _bool(query, "watch")


def list_options(query: Mapping[str, str], current: int) -> ListOptions:
    """`current` is the store's version. Raises: `StatusError`."""
    initial = query.get("sendInitialEvents")
    options = ListOptions(
        watch=_bool(query, "watch"),
        match=query.get("resourceVersionMatch", ""),
        limit=_number(query, "limit"),
        continue_token=query.get("continue", ""),
        send_initial=None if initial is None else _bool(query, "sendInitialEvents"),
        bookmarks=_bool(query, "allowWatchBookmarks"),
        seconds=_number(query, "timeoutSeconds"),
    )
    given = query.get("resourceVersion", "")
    errors = _watch_errors(options) if options.watch else _list_errors(options, given)
    if errors:
        raise options_invalid("ListOptions", errors)
    if options.continue_token and given not in ("", "0"):
        raise BadRequest("specifying resource version is not allowed when using continue")
    return ListOptions(
        options.watch,
        _version(given, current, watch=options.watch),
        options.match,
        options.limit,
        options.continue_token,
        options.send_initial,
        options.bookmarks,
        options.seconds,
    )


def _list_errors(options: ListOptions, version: str) -> list[FieldError]:
    at = ("resourceVersionMatch",)
    errors = []
    if options.match:
        if not version:
            errors.append(forbidden(at, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
        if options.continue_token:
            errors.append(forbidden(at, "resourceVersionMatch is forbidden when continue is provided"))
        if options.match not in ("Exact", "NotOlderThan"):
            errors.append(not_supported(at, options.match, ("Exact", "NotOlderThan", "")))
        if options.match == "Exact" and version == "0":
            errors.append(forbidden(at, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    if options.send_initial is not None:
        errors.append(forbidden(("sendInitialEvents",), "sendInitialEvents is forbidden for list"))
    return errors


def _watch_errors(options: ListOptions) -> list[FieldError]:
    at = ("resourceVersionMatch",)
    errors = []
    if options.send_initial is not None and options.match != "NotOlderThan":
        errors.append(forbidden(at, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
    if options.match:
        if options.send_initial is None:
            text = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            errors.append(forbidden(at, text))
        if options.match != "NotOlderThan":
            errors.append(not_supported(at, options.match, ("NotOlderThan",)))
        if options.continue_token:
            errors.append(forbidden(at, "resourceVersionMatch is forbidden when continue is provided"))
    return errors


def _version(text: str, current: int, *, watch: bool) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not text.isascii():
        problem = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        if watch:
            raise StatusError(500, "", problem)
        raise BadRequest(f"invalid resource version: {problem}")
    version = int(text)
    if version > current and watch:
        # A real server waits for that version. Ours may have been reset: the client is to list again.
        raise Expired(f"Too large resource version: {version}, current: {current}")
    if version > current:
        details = {
            "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
            "retryAfterSeconds": 1,
        }
        message = f"Timeout: Too large resource version: {version}, current: {current}"
        raise StatusError(504, "Timeout", message, details)
    return version


def _number(query: Mapping[str, str], name: str) -> int:
    """What is below zero counts as not given."""
    text = query.get(name, "0")
    if not text.removeprefix("-").isdecimal() or not text.isascii():
        raise BadRequest(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return max(0, int(text))


def _bool(query: Mapping[str, str], name: str) -> bool:
    """Go's: what is neither true nor false counts as true, as a parameter without a value does."""
    text = query.get(name)
    return text is not None and text.lower() not in _FALSE


def write_token(version: int | None, start: tuple[str, str]) -> str:
    """The `continue` of a page."""
    content = {"v": "meta.k8s.io/v1", "rv": -1 if version is None else version, "start": "/".join(start) + "\0"}
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def read_token(token: str) -> Continuation:
    """Raises: `BadRequest`."""
    try:
        content = parse_json(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))).content
        namespace, _, name = str(content["start"]).rstrip("\0").partition("/")
        version = int(content["rv"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(f"invalid continue token: continue key is not valid: {error}") from error
    return Continuation(None if version < 0 else version, (namespace, name))
