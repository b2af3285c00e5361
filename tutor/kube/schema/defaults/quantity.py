"""The one form in which the API server answers a quantity: "0.1" → "100m", "1024Mi" → "1Gi", "1000m" → "1".

Source: k8s.io/apimachinery/pkg/api/resource, Quantity, CanonicalizeBytes.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Context, Decimal

from tutor.kube.quantities import parse_quantity

_DECIMAL = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_EXPONENT = re.compile(r"[eE][+-]?\d+$")
_EXACT = Context(prec=100, rounding=ROUND_CEILING)


def canonical_quantity(value: str | int | float) -> str:
    """Raises: `ValueError` where `value` is no quantity."""
    text = str(value).strip()
    amount = parse_quantity(text)
    # Nothing is finer than a billionth; what is, is rounded up (away from zero).
    amount = _rounded(amount, 9)
    if amount == 0:
        return "0"
    if text.endswith("i") and abs(amount) >= 1024 and amount == amount.to_integral_value():
        return _binary(int(amount))
    return _decimal(amount, exponents=bool(_EXPONENT.search(text)))


def rounded_to_milli(text: str) -> str:
    """A canonical quantity of a container's resources: nothing there is finer than a thousandth."""
    amount = parse_quantity(text)
    rounded = _rounded(amount, 3)
    if rounded == amount:
        return text
    return _decimal(rounded, exponents=bool(_EXPONENT.search(text)))


def _rounded(amount: Decimal, digits: int) -> Decimal:
    step = Decimal(1).scaleb(-digits)
    sign = -1 if amount < 0 else 1
    return sign * abs(amount).quantize(step, rounding=ROUND_CEILING, context=_EXACT)


def _binary(whole: int) -> str:
    power = 0
    while whole % 1024 == 0 and power < len(_BINARY) - 1:
        whole //= 1024
        power += 1
    return f"{whole}{_BINARY[power]}"


def _decimal(amount: Decimal, *, exponents: bool) -> str:
    _, digits, exponent = amount.normalize(_EXACT).as_tuple()
    assert isinstance(exponent, int)
    mantissa = int("".join(map(str, digits)))
    # Down to a multiple of three, within the suffixes that there are.
    wanted = exponent - exponent % 3
    if not exponents:
        wanted = max(-9, min(wanted, 18))
    mantissa *= 10 ** (exponent - wanted)
    sign = "-" if amount < 0 else ""
    suffix = (f"e{wanted}" if wanted else "") if exponents else _DECIMAL[wanted]
    return f"{sign}{mantissa}{suffix}"
