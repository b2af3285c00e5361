"""A pod that is not ready at the moment, though it had been, and was not started again since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.checks.input import CheckInput
from tutor.core.evidence import Restart, pods_of
from tutor.core.timeline import PodChanged


@dataclass(frozen=True, slots=True)
class Down:
    pod: PodChanged
    """Its last state."""
    since: float

    @property
    def runs(self) -> bool:
        """Whether its container runs all the same: then it has not crashed, and its readinessProbe does not succeed."""
        return self.pod.status == "Running" and self.pod.started is not None


def down_now(given: CheckInput, deployment: str, restarts: Sequence[Restart]) -> Down | None:
    """The first pod of the Deployment that is down since the step began, or since its last one of these restarts."""
    for uid, entries in pods_of(given.timeline, deployment, given.since).items():
        last = entries[-1]
        up = max((restart.ready_again_at or restart.at for restart in restarts if restart.uid == uid), default=0.0)
        since = [entry for entry in entries if entry.at >= up]
        if since and not last.gone and not last.terminating and not last.ready and any(entry.ready for entry in since):
            down = next(e.at for i, e in enumerate(since) if not e.ready and any(x.ready for x in since[:i]))
            return Down(last, down)
    return None
