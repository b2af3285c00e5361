"""What a plain scalar is, as kubectl reads it: YAML 1.1, where yes and on are booleans and 0777 is octal.

Source: sigs.k8s.io/yaml (goyaml.v2), resolve.go: what kubectl converts a manifest to JSON with.
"""

from __future__ import annotations

import math
import re

TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})
NULL = frozenset({"", "~", "null", "Null", "NULL"})
BEYOND_JSON = frozenset(
    {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")} | {".nan", ".NaN", ".NAN"}
)
"""Numbers of YAML that JSON does not have: kubectl refuses a file with one of them."""
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_BASES = ((re.compile(r"([-+]?)0[xX]([0-9a-fA-F]+)"), 16), (re.compile(r"([-+]?)0[bB]([01]+)"), 2))
_OCTAL = re.compile(r"([-+]?)0[oO]?([0-7]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

Scalar = str | int | float | bool | None


def resolve(text: str) -> Scalar:
    """The value of a plain scalar."""
    if text in NULL:
        return None
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    if text[0] not in "+-.0123456789":
        return text
    digits = text.replace("_", "")
    if _INT.fullmatch(digits):
        return _bounded(digits, 10, text)
    for pattern, base in (*_BASES, (_OCTAL, 8)):
        if matched := pattern.fullmatch(digits):
            return _bounded(matched[1] + matched[2], base, text)
    if _FLOAT.fullmatch(digits):
        value = float(digits)
        if math.isinf(value):
            return text
        # JSON has one kind of number: 1.0 reaches the API server as 1.
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return text


def _bounded(digits: str, base: int, text: str) -> Scalar:
    # Python refuses to convert thousands of digits; no field of a manifest has them.
    return int(digits, base) if len(digits) <= 64 else text
