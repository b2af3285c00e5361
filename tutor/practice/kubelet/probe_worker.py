"""Runs the probes of one run of a container, each on its own period. Source: kubelet prober/worker.go, v1.34."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.kube.probes import effective_probe
from tutor.kube.times import Clock
from tutor.practice.kubelet.probe_state import Outcome, ProbeKind, ProbeState, Result

_FIELDS: dict[ProbeKind, str] = {"readiness": "readinessProbe", "liveness": "livenessProbe", "startup": "startupProbe"}
_TRIES = 3
# The kubelet probes a container once it has seen it run, which its relisting tells it within a second.
SEEN_SECONDS = 1.0

Try = Callable[[ProbeState], Awaitable[Outcome]]


@dataclass(slots=True)
class ProbeWorker:
    """The probes of one container from its start to its end: `run` them, `cancel` the task to stop."""

    container: Mapping[str, Any]
    clock: Clock
    started_at: float
    """Unix seconds; initialDelaySeconds counts from it."""
    attempt: Try
    """Make one try of a probe."""
    changed: Callable[[ProbeKind, Result], None]
    """A result was decided; called also when it stays the same."""
    failed: Callable[[ProbeKind, Outcome], None]
    """One try failed or could not be made."""
    states: dict[ProbeKind, ProbeState] = field(default_factory=dict)
    _started: asyncio.Event = field(default_factory=asyncio.Event)
    _ending: bool = False

    def __post_init__(self) -> None:
        for kind, name in _FIELDS.items():
            if self.container.get(name):
                self.states[kind] = ProbeState.of(effective_probe(self.container[name]), kind)
        if "startup" not in self.states:
            self._started.set()

    @property
    def started(self) -> bool:
        """The startup probe succeeded, or there is none."""
        return self._started.is_set()

    @property
    def ready(self) -> bool:
        readiness = self.states.get("readiness")
        return self.started and (readiness is None or readiness.result == "success")

    def end(self) -> None:
        """The pod is being deleted: liveness and startup stop, readiness goes on."""
        self._ending = True

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for state in self.states.values():
                group.create_task(self._run(state))

    async def _run(self, state: ProbeState) -> None:
        if "startup" in self.states and state.kind != "startup":
            # Triggered by the startup probe's success rather than by the next tick.
            await self._started.wait()
        else:
            await self.clock.sleep(SEEN_SECONDS)
        while True:
            tick = self.clock.now()
            if self._ending and state.kind != "readiness":
                return
            if int(self.clock.now() - self.started_at) >= state.probe.initial_delay and await self._probe(state):
                return
            await self.clock.sleep(max(0.0, tick + state.probe.period - self.clock.now()))

    async def _probe(self, state: ProbeState) -> bool:
        """One tick; True where this probe has nothing left to do for this run of the container."""
        for _ in range(_TRIES):
            outcome = await self.attempt(state)
            if not outcome.errored:
                break
        if not outcome.succeeded:
            self.failed(state.kind, outcome)
        if not state.take(outcome):
            return False
        if state.kind == "startup" and state.result == "success":
            self._started.set()
        self.changed(state.kind, state.result)
        if state.kind == "startup":
            return True
        # A failed liveness probe ends the container: on hold until there is a new one.
        return state.kind == "liveness" and state.result == "failure"
