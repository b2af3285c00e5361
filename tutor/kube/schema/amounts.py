"""Quantities as the API server reads them: also those that nobody should write ("Gi" is 0, so is "+").

`tutor.kube.quantities` refuses those; here every text passes that the API server lets pass.
Source: k8s.io/apimachinery/pkg/api/resource, ParseQuantity.
"""

from __future__ import annotations

import json
import re
from decimal import ROUND_UP, Context, Decimal

from tutor.kube.quantities import SUFFIXES

FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
SUFFIX_WRONG = "unable to parse quantity's suffix"
MOST_EXPONENT = 300
"""A larger one is read as this: 1e1000000 bytes are more than there is, anyhow."""
_QUANTITY = re.compile(r"([+-]?)(\d*(?:\.\d*)?)([eEinumkKMGTP]*(?:[-+]?\d*)?)", re.ASCII)
_EXPONENT = re.compile(r"[eE][+-]?\d{1,18}")
EXACT = Context(prec=1000, rounding=ROUND_UP)
"""Wide enough for 300 digits with that exponent."""


def quantity_problem(value: object) -> str:
    """What the API server says of a value that is no quantity; empty for one that is."""
    text = value.strip() if isinstance(value, str) else json.dumps(value)
    matched = _QUANTITY.fullmatch(text)
    if not text or matched is None:
        return FORMAT_WRONG
    suffix = matched[3]
    return "" if suffix in SUFFIXES or _EXPONENT.fullmatch(suffix) else SUFFIX_WRONG


def amount(value: object) -> Decimal:
    """In base units (cores, bytes), rounded up to a billionth. Raises: `ValueError` where it is no quantity."""
    text = str(value).strip()
    matched = _QUANTITY.fullmatch(text)
    if not text or matched is None or quantity_problem(text):
        raise ValueError(f"{value!r} is no quantity")
    sign, number, suffix = matched.groups()
    size = Decimal(number[:300] if number.strip(".") else 0)
    if suffix in SUFFIXES:
        size = EXACT.multiply(size, SUFFIXES[suffix])
    elif size:
        exponent = max(-MOST_EXPONENT, min(int(suffix[1:]), MOST_EXPONENT))
        size = size.scaleb(exponent, EXACT)
    size = rounded(size, 9)
    return size.copy_negate() if sign == "-" else size


def rounded(size: Decimal, digits: int) -> Decimal:
    """Away from zero."""
    return size.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_UP, context=EXACT)
