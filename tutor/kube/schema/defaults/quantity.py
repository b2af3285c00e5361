"""The one form in which the API server answers a quantity: "0.1" → "100m", "1024Mi" → "1Gi", "1000m" → "1".

Source: k8s.io/apimachinery/pkg/api/resource, Quantity, CanonicalizeBytes.
"""

from __future__ import annotations

import re
from decimal import Decimal

from tutor.kube.schema.amounts import EXACT, amount, rounded

_DECIMAL = {-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"}
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_EXPONENT = re.compile(r"[eE][+-]?\d+$")


def canonical_quantity(value: str | int | float) -> str:
    """Raises: `ValueError` where `value` is no quantity."""
    text = str(value).strip()
    size = amount(text)
    if text.endswith("i") and abs(size) >= 1024 and size == size.to_integral_value():
        return _binary(int(size))
    return _decimal(size, exponents=bool(_EXPONENT.search(text)))


def rounded_to_milli(text: str) -> str:
    """A canonical quantity of a container's resources: nothing there is finer than a thousandth."""
    size = amount(text)
    coarse = rounded(size, 3)
    return text if coarse == size else _decimal(coarse, exponents=bool(_EXPONENT.search(text)))


def _binary(whole: int) -> str:
    power = 0
    while whole % 1024 == 0 and power < len(_BINARY) - 1:
        whole //= 1024
        power += 1
    return f"{whole}{_BINARY[power]}"


def _decimal(size: Decimal, *, exponents: bool) -> str:
    """In billionths, with the largest suffix that leaves a whole number."""
    mantissa, power = int(size.scaleb(9, EXACT)), -9
    if mantissa == 0:
        return "0"
    while mantissa % 1000 == 0 and (exponents or power < 18):
        mantissa //= 1000
        power += 3
    if exponents:
        return f"{mantissa}e{power}" if power else str(mantissa)
    return f"{mantissa}{_DECIMAL[power]}"
