"""Request bodies: JSON, YAML or protobuf, and the keys that a document gives twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tutor.kube import schema
from tutor.practice.api.resources import Resource
from tutor.practice.protobuf import decode
from tutor.practice.store.errors import BadRequest, UnsupportedMediaType

Path = tuple[str | int, ...]

_LONGEST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Body:
    """`duplicates` are the paths of keys that an object in JSON has more than once; the last value counts.

    `lines` says the same of YAML, in the words of the API server: "line 5: key "a" already set in map".
    """

    content: Any
    duplicates: tuple[Path, ...] = ()
    lines: tuple[str, ...] = ()


class _Repeated(dict[str, Any]):
    """An object of a document with keys given twice."""

    keys_given_twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    repeated = _Repeated(content)
    repeated.keys_given_twice = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return repeated


def _duplicates(content: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(content, _Repeated):
        yield from ((*path, key) for key in content.keys_given_twice)
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _duplicates(value, (*path, key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from _duplicates(value, (*path, index))


def parse_json(text: bytes) -> Body:
    """Raises: `ValueError` with the words of Go's decoder."""
    # As Go does: what is no UTF-8 becomes U+FFFD.
    decoded = text.decode("utf-8", "replace")
    try:
        content = json.loads(decoded, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise ValueError(_go_message(decoded, error)) from error
    except RecursionError as error:
        raise ValueError("exceeded max depth") from error
    if "\\ud" in decoded.lower():
        content = _without_surrogates(content)
    return Body(content, tuple(_duplicates(content)) if b'"' in text else ())


def _go_message(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text.rstrip()) or not text.strip():
        return "unexpected end of JSON input"
    found = text[error.pos]
    for literal in ("null", "true", "false"):
        if found == literal[0] and error.msg == "Expecting value":
            return _in_literal(text[error.pos :], literal)
    if error.msg.startswith("Expecting property name"):
        where = "looking for beginning of object key string"
    elif error.msg.startswith("Expecting ',' delimiter"):
        where = (
            "after object key:value pair"
            if text[: error.pos].count("[") == text[: error.pos].count("]")
            else ("after array element")
        )
    elif error.msg.startswith("Expecting ':'"):
        where = "after object key"
    elif error.msg.startswith("Extra data"):
        where = "after top-level value"
    else:
        where = "looking for beginning of value"
    return f"invalid character '{found}' {where}"


def _in_literal(text: str, literal: str) -> str:
    for at, wanted in enumerate(literal):
        if at >= len(text):
            break
        if text[at] != wanted:
            return f"invalid character '{text[at]}' in literal {literal} (expecting '{wanted}')"
    return "unexpected end of JSON input"


def _without_surrogates(value: Any) -> Any:
    """Half of a UTF-16 pair stands for no character: U+FFFD, as Go has it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(entry) for entry in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(entry) for key, entry in value.items()}
    return value


def parse_yaml(text: bytes) -> Body:
    """JSON too, which is YAML. Raises: `ValueError`."""
    try:
        body = parse_json(text)
        if not body.duplicates:
            return body
    except ValueError:
        pass
    # Only needed for bodies that people write by hand: kubectl sends JSON without such keys.
    from tutor.practice.api import yaml_bodies

    content, lines = yaml_bodies.load(text)
    return Body(content, lines=lines)


async def read_object(request: web.Request, resource: Resource, kind: str = "", api_version: str = "") -> Body:
    """The object of a POST or PUT, with kind and apiVersion (those of the URL where the body names none).

    Raises: `BadRequest`, `UnsupportedMediaType`.
    """
    kind, api_version = kind or resource.kind, api_version or resource.api_version
    text = await request.read()
    content_type = request.content_type if request.headers.get("Content-Type") else "application/json"
    if content_type == "application/vnd.kubernetes.protobuf":
        try:
            body = Body(decode(text))
        except ValueError as error:
            raise BadRequest(f"the object provided is unrecognized (must be of type {kind}): {error}") from error
    elif content_type in ("application/json", "application/yaml", "text/plain", "*/*"):
        body = _parsed(text, kind, content_type)
    else:
        raise UnsupportedMediaType(
            "the body of the request was in an unknown format - accepted media types include: application/json, "
            "application/yaml, application/vnd.kubernetes.protobuf"
        )
    _check_kind(body.content, kind, api_version)
    return body


def _parsed(text: bytes, kind: str, content_type: str) -> Body:
    try:
        body = parse_yaml(text) if content_type == "application/yaml" else parse_json(text)
        if body.content is None:
            return Body({})
        if not isinstance(body.content, dict):
            raise ValueError(f"json: cannot unmarshal {json_type(body.content)} into Go value of type {_HEAD}")
        for key in ("kind", "apiVersion"):
            if not isinstance(given := body.content.get(key, ""), str) and given is not None:
                into = f"Go struct field .{key} of type string"
                raise ValueError(f"json: cannot unmarshal {json_type(given)} into {into}")
    except ValueError as error:
        head = (
            ""
            if str(error).startswith(("yaml:", "unsupported map key"))
            else "couldn't get version/kind; json parse error: "
        )
        raise BadRequest(
            f"the object provided is unrecognized (must be of type {kind}): {head}{error} ({_shortened(text)})"
        ) from error
    return body


_HEAD = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'


def json_type(value: Any) -> str:
    """What Go calls the type of a JSON value."""
    return {bool: "bool", str: "string", list: "array", dict: "object", type(None): "null"}.get(type(value), "number")


def _shortened(text: bytes) -> str:
    """The beginning of a body; in hexadecimal where it does not look like JSON."""
    if not text:
        return "<empty>"
    beginning = text[:_LONGEST_SHOWN]
    shown = beginning.decode("utf-8", "replace") if text.lstrip()[:1] == b"{" else beginning.hex()
    return shown + " ..." if len(text) > _LONGEST_SHOWN else shown


def _check_kind(content: dict[str, Any], kind: str, api_version: str) -> None:
    given_kind = content.get("kind") or kind
    given_version = content.get("apiVersion") or api_version
    content["kind"], content["apiVersion"] = given_kind, given_version
    version = given_version.rpartition("/")[2]
    if (given_kind, given_version) != (kind, api_version):
        head = f'{given_kind} in version "{version}" cannot be handled as a {kind}: '
        if schema.kind_schema(given_version, given_kind) is None:
            known = f'no kind "{given_kind}" is registered for version "{given_version}"'
            raise BadRequest(f'{head}{known} in scheme "pkg/runtime/scheme.go:110"')
        group = api_version.rpartition("/")[0].partition(".")[0] or "core"
        raise BadRequest(f"{head}converting ({version}.{given_kind}) to ({group}.{kind}): unknown conversion")
    if not isinstance(content.setdefault("metadata", {}), dict):
        content["metadata"] = {}
