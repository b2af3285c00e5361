"""The lesson over an API server in memory: what a screen sees as files and cluster change, and are lost."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.fake_api import FakeApi, status
from tests.cluster.waiting import until
from tests.fakes import FakeClock
from tutor.content.state import VARIABLE
from tutor.core.timeline import Answered, CommandRun, PodChanged, RecordingBegan, StepMoved
from tutor.lesson.connecting import Link
from tutor.lesson.judging import Judge
from tutor.lesson.lesson import Lesson
from tutor.lesson.session import Session, open_session
from tutor.lesson.settings import Settings
from tutor.lesson.view import Connection, LessonView, StepState

ROOT = Path(__file__).parent.parent.parent
DEPLOYMENT = ROOT / "solutions/01-gateway-deployment/kube/gateway/deployment.yaml"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    folder = tmp_path / "exercise"
    shutil.copytree(ROOT / "starter", folder)
    return folder


class Running:
    """A lesson at work on a clock that stands still."""

    def __init__(self, session: Session, clock: FakeClock) -> None:
        self.clock = clock
        self.session = session
        self.link = Link(session, clock)
        self.lesson = Lesson(session, self.link, clock)
        self.work = asyncio.create_task(self.lesson.run())

    @property
    def view(self) -> LessonView:
        return self.lesson.view

    async def until(self, condition: Callable[[LessonView], object]) -> LessonView:
        try:
            await until(lambda: self.work.done() or condition(self.view), self.clock, 0.05)
        except TimeoutError:
            pytest.fail(f"never seen; last: {self.view.connection} {[str(f) for f in self.view.findings]}")
        if self.work.done():
            self.work.result()
        return self.view

    async def end(self) -> None:
        self.work.cancel()
        ended = (await asyncio.gather(self.work, return_exceptions=True))[0]
        assert isinstance(ended, asyncio.CancelledError), ended


@pytest.fixture
async def open_it(api: FakeApi, workspace: Path, tmp_path: Path) -> AsyncIterator[Callable[..., Running]]:
    opened: list[Running] = []
    kubeconfig = api.kubeconfig(tmp_path)

    def start(**options: Any) -> Running:
        settings = Settings(workspace=workspace, **{"kubeconfig": kubeconfig, **options})
        running = Running(open_session(settings), FakeClock())
        opened.append(running)
        return running

    yield start
    for running in opened:
        if not running.work.done():
            await running.end()


def applied(api: FakeApi, *, ready: bool) -> None:
    """What the real controllers make of the reference of the first step."""
    import yaml

    manifest = yaml.safe_load(DEPLOYMENT.read_text())
    count = int(ready)
    state = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": count}
    state["availableReplicas"] = count
    revision = {"deployment.kubernetes.io/revision": "1"}
    deployment = api.put(
        "Deployment",
        "gateway-deployment",
        metadata={**manifest["metadata"], "generation": 1, "annotations": revision},
        spec=manifest["spec"],
        status=state,
    )

    def owner(obj: dict[str, Any]) -> list[dict[str, Any]]:
        metadata = obj["metadata"]
        return [{"kind": obj["kind"], "name": metadata["name"], "uid": metadata["uid"], "controller": True}]

    template = manifest["spec"]["template"]
    labels = {**template["metadata"]["labels"], "pod-template-hash": "77d89c78d4"}
    replica_set = api.put(
        "ReplicaSet",
        "gateway-deployment-77d89c78d4",
        metadata={"ownerReferences": owner(deployment), "labels": labels, "annotations": revision},
        spec={"replicas": 1, "template": template},
    )
    container = {"name": "gateway", "ready": ready, "restartCount": 0, "state": {"running": {}}}
    api.put(
        "Pod",
        "gateway-deployment-77d89c78d4-abcde",
        metadata={"ownerReferences": owner(replica_set), "labels": labels},
        spec=template["spec"],
        status={
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": [container],
        },
    )


async def test_the_first_step_goes_from_red_to_green_by_itself(
    open_it: Callable[..., Running], workspace: Path, api: FakeApi
) -> None:
    running = open_it()
    view = await running.until(lambda v: v.connection.state is Connection.CONNECTED and v.verdict == "not-yet")
    assert (view.current, view.states["gateway-deployment"]) == ("gateway-deployment", StepState.NOT_YET)
    assert (view.connection.context, view.connection.kind, view.connection.writable) == ("minikube", "minikube", True)
    await running.until(lambda v: v.connection.version == "v1.34.2")
    shutil.copy(DEPLOYMENT, workspace / "kube/gateway/deployment.yaml")
    view = await running.until(lambda v: any(f.rule == "applied" and f.verdict == "failed" for f in v.findings))
    assert view.verdict == "not-yet", "the file is right, and not applied yet"
    applied(api, ready=False)
    await running.until(lambda v: any(f.rule == "deployment-ready" and f.verdict == "failed" for f in v.findings))
    applied(api, ready=True)
    view = await running.until(lambda v: v.states["gateway-deployment"] is StepState.PASSED)
    assert view.evidence
    assert [(move.slug, move.to) for move in running.lesson.timeline.of(StepMoved)] == [
        ("gateway-deployment", "begun"),
        ("gateway-deployment", "passed"),
    ]
    assert running.session.progress.passed("gateway-deployment")


async def test_it_resumes_where_the_learner_stopped(open_it: Callable[..., Running], api: FakeApi) -> None:
    first = open_it()
    await first.until(lambda v: v.connection.state is Connection.CONNECTED)
    applied(api, ready=True)
    await first.until(lambda _: first.lesson.timeline.of(PodChanged))
    await first.lesson.go_to("crash")
    await first.end()
    second = open_it()
    assert second.view.current == "crash"
    await second.until(lambda v: v.connection.state is Connection.CONNECTED)
    pods = second.lesson.timeline.of(PodChanged)
    assert len(pods) == 1, "what is as it was is not told again"
    assert len(second.lesson.timeline.of(RecordingBegan)) == 2


async def test_a_cluster_that_goes_away_leaves_the_screen_and_comes_back(
    open_it: Callable[..., Running], api: FakeApi
) -> None:
    applied(api, ready=True)
    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED and v.verdict)
    await api.stop()
    view = await running.until(lambda v: v.connection.state is Connection.LOST and v.verdict == "not-yet")
    assert "minikube" in view.connection.message
    assert view.snapshot is not None
    assert view.snapshot.list("Pod"), "what was seen last stays on the screen"
    unknown = [finding for finding in view.findings if finding.rule == "server-accepts"]
    assert all(finding.verdict != "passed" for finding in unknown)
    result = await running.lesson.act("apply")
    assert not result.ok
    assert "no cluster to act on" in result.message
    versions = view.version
    for _ in range(100):
        await running.clock.advance(1.0)
    assert running.view.version - versions < 40, "a lost cluster is no reason to draw all the time"
    await api.start()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)


async def test_a_restarted_cluster_at_another_address_is_found_by_its_kubeconfig(
    open_it: Callable[..., Running], api: FakeApi, tmp_path: Path
) -> None:
    applied(api, ready=True)
    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    await api.stop()
    await running.until(lambda v: v.connection.state is Connection.LOST)
    api.port = 0
    await api.start()
    api.kubeconfig(tmp_path)
    view = await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    assert view.snapshot is not None
    assert len(running.lesson.timeline.of(PodChanged)) == 1, "it is the same world"


async def test_a_cluster_that_is_stopped_is_waited_for_whatever_other_one_there_is(
    open_it: Callable[..., Running], api: FakeApi, tmp_path: Path
) -> None:
    """`minikube stop` rewrites the kubeconfig; a practice cluster that runs as well is no reason to change over."""
    other = FakeApi()
    await other.start()
    try:
        running = open_it()
        await running.until(lambda v: v.connection.state is Connection.CONNECTED)
        practice = tmp_path / "state/practice"
        practice.mkdir(parents=True)
        other.kubeconfig(practice, context="homics-practice").rename(practice / "kubeconfig")
        await api.stop()
        await running.until(lambda v: v.connection.state is Connection.LOST)
        kubeconfig = api.kubeconfig(tmp_path)
        stopped = json.loads(kubeconfig.read_text())
        for config in ({**stopped, "current-context": ""}, {**stopped, "contexts": []}):
            kubeconfig.write_text(json.dumps(config))
            for _ in range(60):
                await running.clock.advance(1.0)
            # The one that is still in the file is asked anew meanwhile.
            view = await running.until(lambda v: v.connection.state is Connection.LOST)
            assert view.connection.context == "minikube"
            assert view.snapshot is not None
        api.port = 0
        await api.start()
        api.kubeconfig(tmp_path)
        view = await running.until(lambda v: v.connection.state is Connection.CONNECTED)
        assert view.connection.context == "minikube"
        target = running.link.target
        assert target is not None
        assert not target.named, "it was never named by the learner"
    finally:
        await other.stop()


async def test_without_a_cluster_the_files_are_judged_and_it_is_said(
    open_it: Callable[..., Running], tmp_path: Path, workspace: Path, api: FakeApi
) -> None:
    running = open_it(kubeconfig=tmp_path / "later")
    view = await running.until(lambda v: v.connection.state is Connection.NONE and v.verdict)
    assert "There is no kubeconfig" in view.connection.message
    assert view.verdict == "not-yet"
    assert not running.lesson.needs_confirmation("apply")
    assert not (await running.lesson.act("apply")).ok
    shutil.copy(DEPLOYMENT, workspace / "kube/gateway/deployment.yaml")
    await running.until(lambda v: v.verdict == "could-not-check")
    shutil.copy(api.kubeconfig(tmp_path), tmp_path / "later")
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)


async def test_a_missing_namespace_is_said_and_its_making_noticed(
    open_it: Callable[..., Running], api: FakeApi
) -> None:
    api.remove("Namespace", "default")
    running = open_it()
    view = await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    assert 'no namespace "default"' in view.connection.message
    assert "kubectl create namespace default" in view.connection.message
    api.put("Namespace", "default", uid="made")
    await running.until(lambda v: not v.connection.message)


async def test_kinds_that_are_denied_are_said_in_the_servers_words(
    open_it: Callable[..., Running], api: FakeApi
) -> None:
    api.refuse["LIST", "Pod"] = status(403, 'pods is forbidden: User "x" cannot list resource "pods"', "Forbidden")
    running = open_it()
    view = await running.until(lambda v: v.connection.state is Connection.CONNECTED and v.connection.message)
    assert 'User "x" cannot list resource "pods"' in view.connection.message
    assert "--namespace" in view.connection.message


async def test_the_first_write_is_confirmed_once_and_names_context_and_namespace(
    open_it: Callable[..., Running], api: FakeApi, workspace: Path
) -> None:
    shutil.copy(DEPLOYMENT, workspace / "kube/gateway/deployment.yaml")
    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    question = running.lesson.needs_confirmation("apply")
    assert '"minikube"' in question
    assert '"default"' in question
    assert [path for _, path, _ in api.bodies if "dryRun" not in path] == [], "nothing was written before"
    asking = asyncio.create_task(running.lesson.act("apply"))
    await until(asking.done, running.clock)
    result = asking.result()
    assert result.ok, result
    assert result.command == "kubectl apply -f kube/gateway/deployment.yaml"
    assert result.message == "deployment.apps/gateway-deployment created"
    assert running.lesson.needs_confirmation("apply") == ""
    assert running.lesson.timeline.of(CommandRun)[-1].command == result.command


async def test_nothing_is_written_to_a_context_that_is_only_named_like_a_local_one(
    open_it: Callable[..., Running], api: FakeApi, tmp_path: Path, workspace: Path
) -> None:
    """The address has the last word: here it is this machine's, so the name alone makes it another kind."""
    shutil.copy(DEPLOYMENT, workspace / "kube/gateway/deployment.yaml")
    production = api.kubeconfig(tmp_path, context="production")
    running = open_it(kubeconfig=production)
    view = await running.until(lambda v: v.connection.state is Connection.NONE)
    assert "production" in view.connection.message
    assert not (await running.lesson.act("apply")).ok
    await running.end()
    named = open_it(kubeconfig=production, context="production")
    view = await named.until(lambda v: v.connection.state is Connection.CONNECTED)
    assert view.connection.writable, "whoever names it may use it"
    assert not [body for body in api.bodies if "dryRun" not in body[1]]


async def test_a_check_beside_the_app_passes_the_step_for_it_too(
    open_it: Callable[..., Running], workspace: Path
) -> None:
    from tutor.core import progress

    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    beside = open_session(running.session.settings)
    beside.change(lambda p: progress.passed(p, "replicas", 5.0, ["seen"]))
    await running.until(lambda v: v.states["replicas"] is StepState.PASSED)
    await running.lesson.more_hint()
    assert open_session(running.session.settings).progress.passed("replicas"), "and it is not lost again"


async def test_pods_are_drawn_while_the_application_keeps_a_check_waiting(
    open_it: Callable[..., Running], api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    held = asyncio.Event()

    async def slow(*_: object, **__: object) -> object:
        await held.wait()
        raise AssertionError("not reached")

    monkeypatch.setattr(Judge, "judge", slow)
    running.lesson._wake()
    applied(api, ready=True)
    await running.until(lambda v: v.snapshot is not None and v.snapshot.list("Pod"))


async def test_after_a_defect_all_goes_on_with_what_was_on_the_screen(
    open_it: Callable[..., Running], api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(api, ready=True)
    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED and v.verdict)

    async def defect(*_: object, **__: object) -> object:
        raise AttributeError("a defect of a library")

    with monkeypatch.context() as broken:
        broken.setattr(Judge, "judge", defect)
        running.lesson._wake()
        await until(lambda: running.work.done(), running.clock, 0.05)
    assert isinstance(running.work.exception(), ExceptionGroup)
    seen: list[int] = []
    running.work = asyncio.create_task(running.lesson.run())
    api.put("Deployment", "another", spec={}, metadata={"generation": 1})

    def again(view: LessonView) -> bool:
        seen.append(len(view.snapshot.list("Pod")) if view.snapshot else -1)
        return view.snapshot is not None and view.snapshot.get("Deployment", "another") is not None

    await running.until(again)
    assert set(seen) == {1}, "the pod never left the screen"
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)


async def test_traffic_can_be_stopped_and_its_rate_set(open_it: Callable[..., Running]) -> None:
    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    await running.lesson.set_rate(5.0)
    assert running.view.traffic.rate == 5.0
    await running.lesson.set_traffic(False)
    assert not running.view.traffic.running
    assert not running.link.live.poll_running  # type: ignore[union-attr]


async def test_of_two_tutors_of_a_folder_the_second_says_that_the_calls_are_the_other_s(
    open_it: Callable[..., Running],
) -> None:
    first = open_it()
    await first.until(lambda v: v.connection.state is Connection.CONNECTED)
    second = open_it()
    await second.until(lambda v: v.connection.state is Connection.CONNECTED and v.traffic.theirs)
    assert not first.view.traffic.theirs
    await first.end()
    await second.until(lambda v: not v.traffic.theirs)


async def test_an_answer_that_says_what_the_last_one_said_is_recorded_and_no_reason_to_draw(
    open_it: Callable[..., Running],
) -> None:
    running = open_it()
    await running.until(lambda v: v.connection.state is Connection.CONNECTED)
    live, woken = running.link.live, []
    assert live is not None
    live.on_change = lambda: woken.append(len(live.timeline.of(Answered)))
    seen = live.version
    for at, version, error in (
        (1, "1.0.0", ""),
        (2, "1.0.0", ""),
        (3, "", "refused"),
        (4, "", "refused"),
        (5, "2.0.0", ""),
    ):
        live._answered(Answered(running.lesson.now() + at / 100, version, error))
    assert woken == [1, 3, 4, 5], "an error each time: its time is told"
    assert live.version == seen + 5, "whoever waits for answers hears of each"


async def test_what_is_said_of_an_empty_folder_is_over_with_its_first_file(
    open_it: Callable[..., Running], workspace: Path, tmp_path: Path
) -> None:
    shutil.rmtree(workspace)
    workspace.mkdir()  # noqa: ASYNC240
    running = open_it(kubeconfig=tmp_path / "none")
    assert any("is empty" in message for message in running.view.messages)
    await running.lesson.write_starters(("kube/gateway/deployment.yaml",))
    assert not any("is empty" in message for message in running.view.messages)
    await running.lesson.next_step()
    assert not any("is empty" in message for message in running.view.messages)


async def test_nobody_is_asked_for_a_version_before_user_was_there(
    open_it: Callable[..., Running], api: FakeApi
) -> None:
    running = open_it()
    view = await running.until(lambda view: view.connection.state is Connection.CONNECTED and view.traffic.message)
    assert view.traffic.message.startswith("There is no Service user yet")
    api.put("Service", "user", spec={"ports": [{"port": 9001}]})
    await running.until(lambda view: not view.traffic.message.startswith("There is no Service user"))
