"""How often the version is asked for: a key goes through a few rates."""

from __future__ import annotations

RATES = (1.0, 2.0, 5.0, 10.0)
"""Calls a second."""


def next_rate(rate: float) -> float:
    """The next higher one; after the highest the lowest."""
    return next((higher for higher in RATES if higher > rate), RATES[0])
