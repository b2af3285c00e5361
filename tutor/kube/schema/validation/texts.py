"""What names, labels, ports and the like must look like, and what the API server says of one that does not.

Every function returns the details of its errors, none where the text is right.
Source: kubernetes.io, Object Names and IDs; Labels and Selectors. The words are those of v1.34.2.
"""

from __future__ import annotations

import re

Details = list[str]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = rf"({_QUALIFIED})?"
_CONFIG_KEY = r"[-._a-zA-Z0-9]+"
_HEADER = r"[-A-Za-z0-9]+"
_PERCENT = "[0-9]+%"


def _shape(what: str, pattern: str, *examples: str) -> str:
    shown = " or ".join(f"'{one}', " for one in examples)
    return f"{what} (e.g. {shown}regex used for validation is '{pattern}')"


_LABEL_DETAIL = _shape(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character",
    _LABEL,
    "my-name",
    "123-abc",
)
_SUBDOMAIN_DETAIL = _shape(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character",
    _SUBDOMAIN,
    "example.com",
)
_LABEL_1035_DETAIL = _shape(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character",
    _LABEL_1035,
    "my-name",
    "abc-123",
)
_QUALIFIED_DETAIL = _shape(
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    _QUALIFIED,
    "MyName",
    "my.name",
    "123-abc",
)
_VALUE_DETAIL = _shape(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character",
    _VALUE,
    "MyValue",
    "my_value",
    "12345",
)
_CONFIG_KEY_DETAIL = _shape(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    _CONFIG_KEY,
    "key.name",
    "KEY_NAME",
    "key-name",
)


def _longer_than(text: str, most: int) -> Details:
    return [f"must be no more than {most} characters"] if len(text.encode()) > most else []


def dns_label(text: str) -> Details:
    """RFC 1123: containers, volumes, namespaces."""
    details = _longer_than(text, 63)
    if not re.fullmatch(_LABEL, text):
        details.append("must not contain dots" if re.fullmatch(_SUBDOMAIN, text) else _LABEL_DETAIL)
    return details


def dns_subdomain(text: str) -> Details:
    """RFC 1123: most objects."""
    return _longer_than(text, 253) + ([] if re.fullmatch(_SUBDOMAIN, text) else [_SUBDOMAIN_DETAIL])


def dns_1035_label(text: str) -> Details:
    """Services."""
    return _longer_than(text, 63) + ([] if re.fullmatch(_LABEL_1035, text) else [_LABEL_1035_DETAIL])


def qualified_name(text: str) -> Details:
    """Keys of labels and annotations: `app`, `example.com/app`."""
    prefix, slash, name = text.partition("/")
    if "/" in name:
        with_prefix = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a qualified name {_QUALIFIED_DETAIL} {with_prefix}"]
    details: Details = []
    if not slash:
        name = prefix
    elif not prefix:
        details.append("prefix part must be non-empty")
    else:
        details += [f"prefix part {detail}" for detail in dns_subdomain(prefix)]
    if not name:
        details.append("name part must be non-empty")
    details += [f"name part {detail}" for detail in _longer_than(name, 63)]
    if not re.fullmatch(_QUALIFIED, name):
        details.append(f"name part {_QUALIFIED_DETAIL}")
    return details


def label_value(text: str) -> Details:
    return _longer_than(text, 63) + ([] if re.fullmatch(_VALUE, text) else [_VALUE_DETAIL])


def config_key(text: str) -> Details:
    """Keys of a ConfigMap or Secret."""
    details = _longer_than(text, 253)
    if not re.fullmatch(_CONFIG_KEY, text):
        details.append(_CONFIG_KEY_DETAIL)
    if text in (".", ".."):
        details.append(f"must not be '{text}'")
    elif text.startswith(".."):
        details.append("must not start with '..'")
    return details


def variable_name(text: str) -> Details:
    """Of an environment variable."""
    details = [] if text else ["environment variable name must be non-empty"]
    if any(not " " <= char <= "~" or char == "=" for char in text):
        details.append(
            "a valid environment variable name must consist only of printable ASCII characters other than '='"
        )
    return details


def port_number(value: int) -> Details:
    return in_range(value, 1, 65535)


def in_range(value: int, least: int, most: int) -> Details:
    return [] if least <= value <= most else [f"must be between {least} and {most}, inclusive"]


def port_name(text: str) -> Details:
    details = _longer_than(text, 15)
    if not re.fullmatch("[-a-z0-9]+", text):
        details.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        details.append("must contain at least one letter (a-z)")
    if "--" in text:
        details.append("must not contain consecutive hyphens")
    if text.startswith("-") or text.endswith("-"):
        details.append("must not begin or end with a hyphen")
    return details


def percent(text: str) -> Details:
    if re.fullmatch(_PERCENT, text):
        return []
    return [_shape("a valid percent string must be a numeric string followed by an ending '%'", _PERCENT, "1%", "93%")]


def header_name(text: str) -> Details:
    if re.fullmatch(_HEADER, text):
        return []
    return [_shape("a valid HTTP header must consist of alphanumeric characters or '-'", _HEADER, "X-Header-Name")]


def path_segment(text: str) -> Details:
    """A part of a URL: the kind and name that an autoscaler points at."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in text]


def ip_address(text: str) -> Details:
    """Leading zeros are let pass, as of old."""
    # Few objects hold an address; the module takes as long to load as all of this package.
    import ipaddress

    without_zeros = re.sub(r"(^|\.)0+(?=\d)", r"\1", text) if ":" not in text else text
    try:
        ipaddress.ip_address(without_zeros)
    except ValueError:
        return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    return []


def prefix_of(text: str) -> str:
    """A generateName as it is judged: a dash at its end is no mistake."""
    return f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text
