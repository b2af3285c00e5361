"""Which events are written anew, which only count one up, and which are dropped. Source: client-go, events_cache.go.

The same event again: its count goes up. More than ten similar ones (same object, reason) within ten minutes: one event
for all of them. More than 25 about one object from one source: then one every five minutes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MOST_SIMILAR = 10
SIMILAR_SECONDS = 600.0
BURST = 25.0
REFILL_A_SECOND = 1 / 300.0
REMEMBERED = 4096
COMBINED_PREFIX = "(combined from similar events): "

V = TypeVar("V")


class _Recent(OrderedDict[Hashable, V], Generic[V]):
    """Forgets what was not used for longest."""

    def put(self, key: Hashable, value: V) -> V:
        self[key] = value
        self.move_to_end(key)
        while len(self) > REMEMBERED:
            self.popitem(last=False)
        return value


@dataclass(slots=True)
class _Similar:
    messages: set[str]
    last: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    last: float


@dataclass(slots=True)
class _Written:
    name: str
    count: int
    first: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What to write: the event `name` with this message and count; `count` 1 is a new one. Times in Unix seconds."""

    name: str
    message: str
    count: int
    first: float


@dataclass(slots=True)
class Correlator:
    """Remembers the recent events. Times are handed in."""

    _similar: _Recent[_Similar] = field(default_factory=_Recent)
    _written: _Recent[_Written] = field(default_factory=_Recent)
    _buckets: _Recent[_Bucket] = field(default_factory=_Recent)

    def observe(
        self, source: Hashable, about: Hashable, kind: Hashable, message: str, name: str, now: float
    ) -> Observation | None:
        """None: dropped. `about` is the object, `kind` what makes events similar (type and reason), `name` a name for
        a new event."""
        group = (source, about, kind)
        similar = self._similar.get(group)
        if similar is None or now - similar.last > SIMILAR_SECONDS:
            similar = _Similar(set(), now)
        self._similar.put(group, similar)
        similar.messages.add(message)
        similar.last = now
        key: Hashable = (group, message)
        if len(similar.messages) >= MOST_SIMILAR:
            similar.messages.pop()
            key, message = group, COMBINED_PREFIX + message
        written = self._written.get(key)
        if written is None:
            written = _Written(name, 0, now)
        written.count += 1
        self._written.put(key, written)
        if not self._admitted((source, about), now):
            return None
        return Observation(written.name, message, written.count, written.first)

    def _admitted(self, key: Hashable, now: float) -> bool:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = _Bucket(BURST, now)
        bucket.tokens = min(BURST, bucket.tokens + (now - bucket.last) * REFILL_A_SECOND)
        bucket.last = now
        self._buckets.put(key, bucket)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True
