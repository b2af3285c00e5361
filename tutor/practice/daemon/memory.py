"""Memory given back to the system after a load.

glibc keeps what was freed for later: after a thousand pods 15 MB. Other C libraries return it themselves.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

from tutor.kube.times import Clock

SECONDS = 60.0
MANY_CHANGES = 500
"""Of objects, since memory was given back last; a cluster that is not busy has nothing to give."""

FORGOTTEN_AFTER = 11
"""In so many rounds the changes themselves are forgotten: five minutes later, at the node's next heartbeat."""


def give_back() -> None:
    """Does nothing where the C library is not glibc."""
    if sys.platform != "linux":
        return
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return
    trim(ctypes.c_size_t(0))


async def run(clock: Clock, version: Callable[[], int], give: Callable[[], None] = give_back) -> None:
    """For ever. `version` counts the changes of objects."""
    given_at = version()
    once_more = 0
    while True:
        await clock.sleep(SECONDS)
        once_more -= 1
        if version() - given_at >= MANY_CHANGES:
            once_more = FORGOTTEN_AFTER
        elif once_more != 0:
            continue
        given_at = version()
        give()
