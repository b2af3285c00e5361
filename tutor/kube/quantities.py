"""Resource quantities: "100m", "0.1", "1Gi", "12e6"."""

from __future__ import annotations

import re
from decimal import Decimal

SUFFIXES = {
    "": Decimal(1),
    **{s: Decimal(1000) ** i for i, s in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{s: Decimal(1024) ** i for i, s in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{s: Decimal(1000) ** -i for i, s in enumerate(("m", "u", "n"), start=1)},
}
_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([kMGTPE]i?|Ki|[mun]|[eE][+-]?\d+)?")


def parse_quantity(value: str | int | float) -> Decimal:
    """The value in base units (cores, bytes). Raises: `ValueError`.

    Source: k8s.io/apimachinery/pkg/api/resource, Quantity.
    """
    matched = _FORM.fullmatch(str(value)) if not isinstance(value, bool) else None
    if matched is None:
        raise ValueError(f"{value!r} is no quantity")
    number, suffix = Decimal(matched[1]), matched[2] or ""
    if suffix and suffix[0] in "eE" and len(suffix) > 1 and suffix not in SUFFIXES:
        return number * Decimal(10) ** int(suffix[1:])
    return number * SUFFIXES[suffix]


def milli(value: str | int | float) -> int:
    """CPU in thousandths of a core, rounded up as the API server does."""
    return -int(-(parse_quantity(value) * 1000) // 1)
