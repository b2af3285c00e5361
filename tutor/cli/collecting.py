"""When Python looks for objects that nobody can reach: not while the tutor starts, and later not among all that stays.

A look through everything takes a tenth of a second, in which the screen stands still.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def collecting_later() -> Iterator[Callable[[], None]]:
    """No looks until the given function is called; from then on what is there by then is taken to stay."""

    def settled() -> None:
        gc.freeze()
        gc.enable()

    gc.disable()
    try:
        yield settled
    finally:
        gc.enable()
