"""One evaluation of a step: the learner's files, the cluster as last seen, and what has to be asked for it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from tutor.checks.evaluate import Evaluation, evaluate
from tutor.checks.files import files_of_checks, standing_for
from tutor.checks.input import CheckInput
from tutor.checks.registry import CheckFunction, Level, Rule, rules
from tutor.cluster.api import Cluster
from tutor.core.finding import Finding
from tutor.core.manifest import ManifestFile
from tutor.core.observation import DryRun, Observations, Reached
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.step import CheckRef, Step
from tutor.core.timeline import Timeline
from tutor.lesson.observing import REACHED_BY_RULE, Logs, Reach, ask_server, last_logs, reach_all
from tutor.lesson.session import Session

REACH_AGAIN = 2.0
"""Seconds before the application is tried again on our own, after it did not answer."""


class Live(Protocol):
    """A cluster that is being followed."""

    @property
    def cluster(self) -> Cluster: ...
    @property
    def snapshot(self) -> ClusterSnapshot: ...
    @property
    def reach(self) -> Reach: ...
    @property
    def lost(self) -> str:
        """Why the API server cannot be reached at the moment; empty while it answers."""
        ...

    @property
    def denied(self) -> Mapping[str, str]:
        """Kind → why the API server does not show it."""
        ...

    @property
    def trouble(self) -> str:
        """Why nothing can be said of the learner's work though the API server answers."""
        ...


@dataclass(slots=True)
class Judge:
    """Evaluates steps and remembers what was asked, so that a change on the screen costs no request.

    The server's word on a file holds until the file changes; an answer of the application is asked again when it was
    bad, and always when the learner asks.
    """

    session: Session
    rules: Mapping[str, Rule] = field(default_factory=lambda: rules(remembering))
    _server: dict[tuple[str, str, Hashable], tuple[DryRun, ...]] = field(default_factory=dict)
    """(file, text, UIDs of the live objects) → the server's word on each document: some fields cannot be changed."""
    _reached: dict[tuple[str, str], tuple[float, Hashable, Reached]] = field(default_factory=dict)
    """(step, what) → when, behind which endpoints, and the answer."""
    _logs: Logs = field(default_factory=dict)
    _set_back: dict[str, float] = field(default_factory=dict)
    """Step that was begun by a clock that ran ahead → when it was looked at first after that was set back."""

    def offline(self, step: Step, now: float, *, why: str = "", only_files: bool = True) -> Evaluation:
        """From the files alone. `why`: why no cluster was asked, for the rules that need one."""
        given = CheckInput(
            self.session.manifests(step),
            None,
            Timeline(),
            self._since(step, now),
            now,
            no_cluster=why,
            namespace=self.session.settings.namespace or "",
        )
        return evaluate(step, given, self.rules, offline=only_files)

    async def judge(self, step: Step, live: Live, timeline: Timeline, now: float, *, afresh: bool) -> Evaluation:
        """With everything. `afresh`: nothing remembered is used, as when the learner presses the button."""
        manifests = self.session.manifests(step)
        if live.lost or live.trouble:
            return evaluate(step, self._given(step, manifests, live, timeline, now, Observations()), self.rules)
        observed = Observations(
            await self._dry_runs(step, manifests, live, afresh),
            await self._reach(step, live, now, afresh),
            await last_logs(live.snapshot, live.cluster, self._logs),
        )
        return evaluate(step, self._given(step, manifests, live, timeline, now, observed), self.rules)

    def _given(
        self,
        step: Step,
        manifests: Mapping[str, ManifestFile],
        live: Live,
        timeline: Timeline,
        now: float,
        observed: Observations,
    ) -> CheckInput:
        away = live.lost or live.trouble
        return CheckInput(
            manifests,
            None if away else live.snapshot,
            timeline,
            self._since(step, now),
            now,
            observed=observed,
            no_cluster=away,
            namespace=live.cluster.target.namespace,
            denied=live.denied,
        )

    def _since(self, step: Step, now: float) -> float:
        begun_at = self.session.progress.of(step.slug).begun_at
        if begun_at is None or begun_at <= now:
            return now if begun_at is None else begun_at
        # The clock was set back since: what is seen from the first look after that on counts.
        self._set_back[step.slug] = min(self._set_back.get(step.slug, now), now)
        return self._set_back[step.slug]

    async def _dry_runs(
        self, step: Step, manifests: Mapping[str, ManifestFile], live: Live, afresh: bool
    ) -> tuple[DryRun, ...]:
        files, instead = files_of_checks(step), standing_for(step, manifests)
        wanted: dict[str, None] = {}
        for check in step.checks:
            rule = self.rules.get(check.rule)
            if rule is not None and rule.level is Level.SERVER:
                about = files[check.id or check.rule]
                wanted.update(dict.fromkeys([instead.get(about, about)] if about else step.files))
        said: list[DryRun] = []
        for path in wanted:
            file = manifests.get(path)
            if file is None or not file.documents:
                continue
            key = (path, file.text or "", _uids(file, live.snapshot))
            known = None if afresh else self._server.get(key)
            if known is None or any(run.unreachable for run in known):
                known = await ask_server(file, live.cluster)
                self._server = {k: v for k, v in self._server.items() if k[0] != path} | {key: known}
            said.extend(known)
        return tuple(said)

    async def _reach(self, step: Step, live: Live, now: float, afresh: bool) -> Mapping[str, Reached]:
        """A good answer holds while the endpoints stay as they are; a bad one is tried again soon."""
        wanted = [what for check in step.checks for what in _wanted(check)]
        behind = _endpoints(live.snapshot)
        answers: dict[str, Reached] = {}
        for what in dict.fromkeys(wanted):
            known = self._reached.get((step.slug, what))
            holds = known is not None and known[1] == behind and (known[2].ok or 0 <= now - known[0] < REACH_AGAIN)
            if known is None or afresh or not holds:
                answers.update(await reach_all([what], live.reach))
                self._reached[step.slug, what] = (now, behind, answers[what])
            else:
                answers[what] = known[2]
        return answers


def remembering(rule: Rule) -> Rule:
    """The same rule; one over files alone keeps its last answers, since a poll's answer each second is no reason to
    look at the files again."""
    return replace(rule, check=_Remembering(rule.check)) if rule.level is Level.MANIFEST else rule


class _Remembering:
    """A check that answers from memory where nothing that it may look at is another object than before."""

    def __init__(self, check: CheckFunction) -> None:
        self._check = check
        self._known: dict[Hashable, tuple[CheckInput, list[Finding]]] = {}

    def __call__(self, given: CheckInput) -> list[Finding]:
        key = repr(sorted(given.params.items(), key=str))
        known = self._known.get(key)
        if known is not None and _same_input(known[0], given):
            return known[1]
        findings = self._check(given)
        self._known[key] = (given, findings)
        return findings


def _same_input(one: CheckInput, other: CheckInput) -> bool:
    files = list(one.manifests) == list(other.manifests)
    return (
        files
        and all(mine is theirs for mine, theirs in zip(one.manifests.values(), other.manifests.values(), strict=True))
        and one.snapshot is other.snapshot
        and (one.namespace, one.no_cluster) == (other.namespace, other.no_cluster)
    )


def _uids(file: ManifestFile, snapshot: ClusterSnapshot) -> Hashable:
    live = [snapshot.get(document.kind, document.name) for document in file.documents]
    return tuple(obj["metadata"].get("uid") if obj is not None else None for obj in live)


def _endpoints(snapshot: ClusterSnapshot) -> Hashable:
    """What an answer of the application depends on: the Services and the pods behind them."""
    return tuple(
        (obj["kind"], obj["metadata"]["name"], obj["metadata"].get("resourceVersion"))
        for kind in ("Service", "EndpointSlice")
        for obj in snapshot.list(kind)
    )


def _wanted(check: CheckRef) -> list[str]:
    """What has to be reached for a check."""
    paths = [str(path) for path in check.params.get("paths", ())]
    what = check.params.get("what") or REACHED_BY_RULE.get(check.rule)
    return [*paths, str(what)] if what else paths
