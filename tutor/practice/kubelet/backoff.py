"""Restart and image pull back-off: 10, 20, 40, 80, 160, 300 s. Source: kubelet, flowcontrol.Backoff; no jitter."""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST_SECONDS = 10.0
LONGEST_SECONDS = 300.0
# An entry is forgotten when the container ran this long since the last restart.
FORGET_SECONDS = 2 * LONGEST_SECONDS


@dataclass(slots=True)
class Backoff:
    """Delays by key. Times are Unix seconds."""

    _entries: dict[str, tuple[float, float]] = field(default_factory=dict)

    def remaining(self, key: str, since: float, now: float) -> float:
        """Seconds that the key has still to wait, counted from `since` (the container's end); 0 where it may go on."""
        delay, updated = self._entries.get(key, (0.0, 0.0))
        if not delay or since - updated > FORGET_SECONDS:
            return 0.0
        return max(0.0, since + delay - now)

    def delay(self, key: str) -> float:
        """The current delay in seconds: what the waiting message shows."""
        return self._entries.get(key, (0.0, 0.0))[0]

    def next(self, key: str, since: float, now: float) -> None:
        """The key goes on now: the next time it waits twice as long."""
        delay, updated = self._entries.get(key, (0.0, 0.0))
        fresh = not delay or since - updated > FORGET_SECONDS
        self._entries[key] = (FIRST_SECONDS if fresh else min(LONGEST_SECONDS, delay * 2), now)

    def forget(self, prefix: str) -> None:
        """Drop every key that starts so: the pod is gone."""
        for key in [key for key in self._entries if key.startswith(prefix)]:
            del self._entries[key]


def go_duration(seconds: float) -> str:
    """As Go prints it: `10s`, `1m20s`, `5m0s`."""
    whole = int(seconds)
    return f"{whole}s" if whole < 60 else f"{whole // 60}m{whole % 60}s"
