"""Which moment is shown: now, one that is held, or one that moves on slowly through what was recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

SPEEDS = (0.25, 1.0, 4.0)


class Mode(Enum):
    LIVE = "live"
    PAUSED = "paused"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Playback:
    mode: Mode = Mode.LIVE
    at: float = 0.0
    """Paused: the moment. Replay: the moment at which it began."""
    since: float = 0.0
    """Replay: when it began, by the clock."""
    until: float = 0.0
    """Replay: the moment at which it ends."""
    speed: float = SPEEDS[0]

    def position(self, now: float) -> float:
        """The moment that is shown."""
        match self.mode:
            case Mode.LIVE:
                return now
            case Mode.PAUSED:
                return self.at
            case Mode.REPLAY:
                return min(self.until, self.at + (now - self.since) * self.speed)

    def over(self, now: float) -> bool:
        """Whether a replay has come to its end."""
        return self.mode is Mode.REPLAY and self.position(now) >= self.until

    def paused(self, now: float) -> Playback:
        return replace(self, mode=Mode.PAUSED, at=self.position(now))

    def toggled(self, now: float) -> Playback:
        """Pause; where it is paused already, go on live."""
        return LIVE if self.mode is Mode.PAUSED else self.paused(now)

    def moved(self, by: float, now: float, earliest: float) -> Playback:
        """Hold the moment `by` seconds away; forward beyond now is live again."""
        at = self.position(now) + by
        return LIVE if at >= now else self.held(max(at, min(earliest, now)))

    def held(self, at: float) -> Playback:
        return replace(self, mode=Mode.PAUSED, at=at)

    def replaying(self, start: float, until: float, now: float) -> Playback:
        return Playback(Mode.REPLAY, start, now, until, self.speed)

    def next_speed(self, now: float) -> Playback:
        """Of a replay: the next of `SPEEDS`, from where it is."""
        speed = SPEEDS[(SPEEDS.index(self.speed) + 1) % len(SPEEDS)]
        return replace(self, at=self.position(now), since=now, speed=speed)


LIVE = Playback()
