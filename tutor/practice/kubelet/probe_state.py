"""From single probe outcomes to a probe's result. Pure. Source: kubelet prober/worker.go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.kube.probes import Probe

ProbeKind = Literal["readiness", "liveness", "startup"]
Result = Literal["success", "failure", "unknown"]

INITIAL: dict[ProbeKind, Result] = {"readiness": "failure", "liveness": "success", "startup": "unknown"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One try. `errored`: it could not be made at all (unknown port name, no such command): it counts for nothing."""

    succeeded: bool
    output: str = ""
    errored: bool = False


@dataclass(slots=True)
class ProbeState:
    """The run of equal outcomes must reach the threshold before the result changes."""

    probe: Probe
    kind: ProbeKind
    result: Result
    _last: bool | None = None
    _run: int = 0

    @classmethod
    def of(cls, probe: Probe, kind: ProbeKind) -> ProbeState:
        return cls(probe, kind, INITIAL[kind])

    def take(self, outcome: Outcome) -> bool:
        """Count one outcome; True where the result was decided by it (anew or again)."""
        if outcome.errored:
            return False
        self._run = self._run + 1 if outcome.succeeded == self._last else 1
        self._last = outcome.succeeded
        needed = self.probe.success_threshold if outcome.succeeded else self.probe.failure_threshold
        if self._run < needed:
            return False
        self.result = "success" if outcome.succeeded else "failure"
        return True
