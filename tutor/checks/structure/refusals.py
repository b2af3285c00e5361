"""What the API server says of a value, said to a beginner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tutor.checks.structure.words import DOCS, LABELS, NAMES, short, shown
from tutor.core.manifest import Path
from tutor.kube.schema import FieldError

PROBES = f"{DOCS}/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"
PORTS = f"{DOCS}/concepts/services-networking/service/#defining-a-service"
_NAME_DETAILS = ("a lowercase RFC 1123", "a DNS-1035 label", "must not contain dots")
_LABEL_DETAILS = ("name part", "prefix part", "a valid label", "a qualified name")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LEAST = re.compile(r"must be greater than(?: or equal to)? (\d+|zero)$")
_LIMIT = re.compile(r"must be less than or equal to (\S+) limit of (\S+)")
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_LENGTH = re.compile(r"must be no more than (\d+) characters")
_REGEX = re.compile(r" \(e\.g\. .*regex used for validation is .*\)")


@dataclass(frozen=True, slots=True)
class Said:
    message: str
    expected: str
    hint: str
    source: str = ""


def explained(error: FieldError, value: Any, path: Path, kind: str, holder: str) -> Said:
    """`value`: what was written; `holder`: the noun of what has the field, or empty."""
    length = len(value) if isinstance(value, str) else 0
    value = short(value) if isinstance(value, str) else value
    field = str(next((part for part in reversed(path) if isinstance(part, str)), kind))
    if error.type == "FieldValueRequired":
        return _required(error, field, holder)
    if error.type == "FieldValueNotSupported":
        return _not_supported(error, value, field)
    if error.type == "FieldValueDuplicate":
        return _duplicate(value, field)
    if error.type == "FieldValueNotFound":
        what = "volume" if "volumeMounts" in path else field
        return Said(
            f"There is no {what} of the name {value}.",
            f"the name of one of the pod's {what}s",
            f"Compare it with the names in {what}s.",
        )
    if error.type == "FieldValueInvalid":
        return _invalid(error, value, length, field, path, kind)
    return _forbidden(error, field)


def _forbidden(error: FieldError, field: str) -> Said:
    if error.detail == "may not be used when `type` is 'ClusterIP'":
        return Said(
            "A Service of the type ClusterIP has no nodePort; it is the type of a Service that says none.",
            "type: NodePort, or no nodePort",
            "Write type: NodePort under spec, or remove nodePort.",
            PORTS,
        )
    if error.detail == "may not specify more than 1 handler type":
        return Said(
            f"A probe asks in one way: {field} is one too many.",
            "one of httpGet, tcpSocket and exec",
            f"Remove {field}.",
            PROBES,
        )
    return Said(_sentence(field, error.detail), "", f"Change or remove {field}.")


def _required(error: FieldError, field: str, holder: str) -> Said:
    if error.detail == "must specify a handler type":
        return Said(
            f"{field} asks nothing: it has none of httpGet, tcpSocket, exec and grpc.",
            "httpGet, and below it path and port",
            f"Write httpGet: below {field}:, and path: and port: below that.",
            PROBES,
        )
    start = f"{capital(holder)} has no {field}" if holder else f"{field} is empty"
    return Said(f"{start}.", f"{field}: …", f"Write {field}: with its value.")


def capital(noun: str) -> str:
    """ "A container"; names of fields stay as they are."""
    return noun[:1].upper() + noun[1:] if noun.startswith(("a ", "an ", "the ")) else noun


def _not_supported(error: FieldError, value: Any, field: str) -> Said:
    allowed = _QUOTED.findall(error.detail)
    text = str(value)
    same = next((one for one in allowed if one.lower() == text.lower()), "")
    near = same or next(iter(get_close_matches(text, allowed, 1, 0.6)), "")
    if same:
        message = f"{field} is written {same}, and {text} is none: capital letters count."
    elif len(allowed) == 1:
        message = f"{field} can only be {allowed[0]} here, and not {text or 'empty'}."
    else:
        message = f"{field} cannot be {text}." if text else f"{field} is empty."
    listed = ", ".join(one for one in allowed if one)
    if len(allowed) == 1:
        hint = f"Write {field}: {allowed[0]}, or remove it."
        return Said(message, allowed[0], hint)
    hint = f"Write {field}: {near}" if near else f"Choose one of {listed}." if listed else f"Change {field}."
    return Said(message, near or " or ".join(one for one in allowed if one), hint)


def _duplicate(value: Any, field: str) -> Said:
    if isinstance(value, dict):
        value = value.get("Port", "")
        return Said(
            f"The port {value} is there twice.", "each port once", "Give one of them another number, or remove it."
        )
    return Said(f"{field} {value} is there twice.", f"each {field} once", "Change one of them, or remove it.")


def _invalid(error: FieldError, value: Any, length: int, field: str, path: Path, kind: str) -> Said:
    """`length`: characters of a text, of which `value` may show the beginning alone."""
    detail = error.detail
    if detail.startswith(_NAME_DETAILS):
        return _name(str(value), field, detail, kind)
    if detail.startswith(_LABEL_DETAILS):
        return _label(str(value), detail)
    if detail == "must be between 1 and 65535, inclusive":
        return Said(
            f"{value} is no port: ports go from 1 to 65535.",
            "a number from 1 to 65535",
            f"Write the port of the program as {field}.",
            PORTS,
        )
    if (matched := _LENGTH.search(detail)) is not None:
        return Said(
            f"{shown(value)} is too long for {field}: it has {length} characters.",
            f"at most {matched[1]} characters",
            "Choose a shorter one.",
        )
    if detail.startswith("must contain") and str(value).strip().isdigit():
        return Said(
            f"{field} stands in quotes, so it is read as the name of a port and not as a number.",
            str(value).strip(),
            f"Write {field}: {str(value).strip()}, without quotes.",
            PORTS,
        )
    if detail.startswith(("must contain", "must not begin", "must not contain consecutive")):
        return Said(
            f'"{value}" is no name of a port: {detail}.',
            "http, for example",
            "Use small letters, digits and -, at most 15 characters, with a letter among them.",
            PORTS,
        )
    if (matched := _LEAST.search(detail)) is not None:
        least = 0 if matched[1] == "zero" else int(matched[1])
        bound = least if "or equal" in detail else least + 1
        return Said(f"{value} is too small for {field}.", f"at least {bound}", f"Write {field}: {max(bound, 1)}, say.")
    if (matched := _LIMIT.fullmatch(detail)) is not None:
        return Said(
            f"The request for {matched[1]} is larger than its limit of {matched[2]}.",
            f"at most {matched[2]}",
            "Raise the limit, or lower the request.",
        )
    if detail == "apiVersion must specify API group":
        return Said(
            "apiVersion is that of what is scaled, which is in a group: apps/v1 of a Deployment.",
            "apps/v1",
            "Write apiVersion: apps/v1",
        )
    if detail == "must be greater than or equal to `minReplicas`":
        return Said(
            f"maxReplicas is {value}, and minReplicas is more.", "maxReplicas above minReplicas", "Swap them, perhaps."
        )
    if detail == "not a valid selector operator":
        near = next(iter(get_close_matches(str(value).title(), OPERATORS, 1, 0.5)), "")
        hint = f"Write {field}: {near or 'In'}; capital letters count."
        return Said(f"{field} cannot be {value or 'empty'}.", near or ", ".join(OPERATORS), hint)
    if detail.startswith("empty selector"):
        return Said(
            "The selector is empty: a Deployment must recognise its pods by a label.",
            "matchLabels, and in it a label of the pods",
            "Write the label of the template below matchLabels:",
        )
    if detail.startswith("a valid percent string"):
        return Said(f"{shown(value)} is neither a number nor a percentage.", "1, or 25%", f"Write {field}: 25%")
    return Said(_sentence(field, detail), "", f"Change {field}.")


def _name(text: str, field: str, detail: str, kind: str) -> Said:
    letter_first = detail.startswith("a DNS-1035")
    dots = "subdomain" in detail
    allowed = "small letters, digits, dashes and dots" if dots else "small letters, digits and dashes"
    first = "a letter" if letter_first else "a letter or digit"
    what = "name" if field == "name" else field
    suggestion = suggested(text, letter_first=letter_first, dots=dots)
    rest = f"It begins with {first} and ends with a letter or digit."
    subject = f"of a {kind} " if letter_first else ""
    return Said(
        f'"{text}" is no {what} {subject}that Kubernetes takes: it has {allowed} alone.',
        suggestion or allowed,
        f"Write {suggestion}. {rest}" if suggestion else rest,
        NAMES,
    )


def suggested(text: str, *, letter_first: bool, dots: bool) -> str:
    """The nearest name that is allowed, or empty."""
    name = re.sub(r"[^a-z0-9.-]" if dots else r"[^a-z0-9-]", "-", text.lower())
    name = re.sub(r"-*\.-*", ".", name).strip("-.")
    if letter_first:
        name = name.lstrip("0123456789-")
    return name[:63].rstrip("-.")


def _label(text: str, detail: str) -> Said:
    what = "value" if detail.startswith("a valid label") else "key"
    suggestion = re.sub(r"[^A-Za-z0-9_.-]+", "-", text.rpartition("/")[2]).strip("-_.")[:63]
    return Said(
        f'"{text}" is no {what} of a label: it has letters, digits, -, _ and . alone, at most 63.',
        suggestion or "letters and digits",
        "It begins and ends with a letter or digit, and has no spaces.",
        LABELS,
    )


def _sentence(field: str, detail: str) -> str:
    words = _REGEX.sub("", detail).replace("`", "")
    return f"{field} {words}." if words.startswith(("may ", "must ", "cannot ", "can ")) else f"{field}: {words}."
