"""The stage of each step: what is on the cluster then, what is left alone, and the way back."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.lesson.instructor_doubles import MemoryCluster
from tutor.content.loader import load_course
from tutor.content.stage_backups import ABOUT, Backup, BackupFailed, StageBackups
from tutor.content.state import WorkspaceState
from tutor.kube.client_side_apply import LAST_APPLIED, last_applied
from tutor.lesson.instructor.staging import Line, Stage, Word, course_objects, plan_stage, settled

COURSE = load_course()
USER = ("Deployment", "user-deployment")


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster()


@pytest.fixture
def backups(tmp_path: Path) -> StageBackups:
    return StageBackups(WorkspaceState(tmp_path / "state"))


@pytest.fixture
def stage(cluster: MemoryCluster, backups: StageBackups) -> Stage:
    return Stage(cluster, COURSE, backups, FakeClock())  # type: ignore[arg-type]


async def lines(action: AsyncIterator[Line]) -> list[Line]:
    return [line async for line in action]


def image(cluster: MemoryCluster) -> str:
    return str(cluster.live(*USER)["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.mark.parametrize(
    ("slug", "present", "tag", "replicas", "probe"),
    [
        ("gateway-deployment", 0, "", 0, False),
        ("gateway-service", 1, "", 0, False),
        ("user-database", 2, "", 0, False),
        ("crash", 6, "1.0.0", 1, False),
        ("rolling-update", 6, "1.0.0", 1, False),
        ("readiness", 6, "2.0.0", 1, False),
        ("replicas", 6, "1.0.0", 1, True),
        ("monolith-kafka", 6, "1.0.0", 2, True),
        ("stats-stock", 12, "1.0.0", 2, True),
        ("autoscaling", 16, "1.0.0", 2, True),
    ],
)
async def test_the_stage_of_each_step(
    stage: Stage, cluster: MemoryCluster, slug: str, present: int, tag: str, replicas: int, probe: bool
) -> None:
    said = await lines(stage.set(slug, {}))
    assert said[-1].word is Word.DONE
    assert 'context "minikube", namespace "class"' in said[-1].text
    assert len(cluster.objects) == present
    if tag:
        spec = cluster.live(*USER)["spec"]
        assert image(cluster) == f"homics/user-activity:{tag}"
        assert spec["replicas"] == replicas
        assert ("readinessProbe" in spec["template"]["spec"]["containers"][0]) is probe


async def test_a_rolled_image_leaves_the_annotation_that_the_file_left(stage: Stage, cluster: MemoryCluster) -> None:
    await lines(stage.set("readiness", {}))
    applied = last_applied(cluster.live(*USER))
    assert applied["spec"]["template"]["spec"]["containers"][0]["image"] == "homics/user-activity:1.0.0"
    assert image(cluster) == "homics/user-activity:2.0.0"


async def test_a_second_time_changes_nothing_and_keeps_no_backup(
    stage: Stage, cluster: MemoryCluster, backups: StageBackups
) -> None:
    await lines(stage.set("readiness", {}))
    before = deepcopy(cluster.objects)
    said = await lines(stage.set("readiness", {}))
    assert cluster.objects == before
    assert {line.text.rsplit(" ", 1)[1] for line in said[:-1]} == {"unchanged"}
    assert said[-1].text.endswith("It was set already.")
    assert len(backups.all()) == 1


async def test_what_was_changed_by_hand_is_as_the_references_say(stage: Stage, cluster: MemoryCluster) -> None:
    await lines(stage.set("autoscaling", {}))
    deployment = cluster.objects[USER]
    deployment["spec"]["replicas"] = 7
    deployment["spec"]["minReadySeconds"] = 9
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": "START_DELAY", "value": "30s"}]
    container["livenessProbe"] = {"tcpSocket": {"port": 9001}}
    deployment["metadata"]["annotations"]["note"] = "mine"
    deployment["metadata"]["labels"]["mine"] = "yes"
    cluster.objects["Service", "user"]["spec"]["selector"]["also"] = "this"
    await lines(stage.set("crash", {}))
    spec = cluster.live(*USER)["spec"]
    assert spec["replicas"] == 1
    assert "minReadySeconds" not in spec
    assert set(spec["template"]["spec"]["containers"][0]) == {"name", "image", "ports"}
    assert set(cluster.live(*USER)["metadata"]["annotations"]) == {LAST_APPLIED}
    assert cluster.live(*USER)["metadata"]["labels"] == {"app": "user"}
    service = cluster.live("Service", "user")["spec"]
    assert service["selector"] == {"app": "user"}
    assert service["clusterIP"] == "10.96.0.7"


async def test_objects_that_are_not_the_courses_are_left_alone(stage: Stage, cluster: MemoryCluster) -> None:
    for kind, name in (("Deployment", "mine"), ("Service", "gateway-2"), ("ConfigMap", "user")):
        await cluster.apply({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, "spec": {"replicas": 1}})
    await lines(stage.set("autoscaling", {}))
    others = {key: deepcopy(obj) for key, obj in cluster.objects.items() if key not in course_objects(COURSE)}
    assert len(others) == 3
    cluster.log.clear()
    said = await lines(stage.set("gateway-deployment", {}))
    assert cluster.objects == others
    assert sum(line.text.endswith(" removed") for line in said) == 16
    assert all(" mine" not in entry and "gateway-2" not in entry for entry in cluster.log)


async def test_another_selector_means_a_new_deployment(stage: Stage, cluster: MemoryCluster) -> None:
    own = deepcopy(plan_stage(COURSE, "crash", "class").objects)
    deployment = next(obj for obj in own if obj["metadata"]["name"] == "user-deployment")
    deployment["spec"]["selector"]["matchLabels"] = {"role": "api"}
    deployment["spec"]["template"]["metadata"]["labels"] = {"role": "api"}
    await cluster.apply(deployment)
    said = await lines(stage.set("crash", {}))
    assert "Deployment user-deployment replaced" in [line.text for line in said]
    assert cluster.live(*USER)["spec"]["selector"]["matchLabels"] == {"app": "user"}


async def test_a_port_that_another_namespace_has_is_left_to_the_cluster(stage: Stage, cluster: MemoryCluster) -> None:
    cluster.taken_ports = {31317}
    said = await lines(stage.set("user-database", {}))
    assert said[-1].ok
    assert "Service gateway created, with a nodePort of the cluster's choice" in "\n".join(line.text for line in said)
    again = await lines(stage.set("user-database", {}))
    assert again[-1].text.endswith("It was set already.")


async def test_what_was_there_before_can_be_had_back(
    stage: Stage, cluster: MemoryCluster, backups: StageBackups
) -> None:
    await lines(stage.set("monolith-kafka", {}))
    cluster.objects[USER]["spec"]["template"]["spec"]["containers"][0]["image"] = "homics/user-activity:2.0.0"
    before = without_versions(cluster)
    await lines(stage.set("gateway-service", {"current": "replicas"}))
    assert len(cluster.objects) == 1
    backup = backups.newest()
    assert backup is not None
    assert backup.progress == {"current": "replicas"}
    said = await lines(stage.restore(backup, {}))
    assert said[-1].ok, said[-1].text
    assert without_versions(cluster) == before
    # The next one is the stage before that one: nothing was there.
    first = backups.newest()
    assert first is not None
    assert first.number < backup.number
    await lines(stage.restore(first, {}))
    assert cluster.objects == {}
    assert backups.newest() is None


async def test_a_cluster_that_goes_away_in_the_middle_is_told_and_restore_is_possible(
    stage: Stage, cluster: MemoryCluster, backups: StageBackups
) -> None:
    await lines(stage.set("monolith-kafka", {}))
    before = without_versions(cluster)
    cluster.writes_left = 3
    said = await lines(stage.set("gateway-service", {}))
    assert said[-1].word is Word.FAILED
    assert "does not answer" in said[-1].text
    assert "3 objects were changed before that" in said[-1].text
    backup = backups.newest()
    assert backup is not None
    assert f"homics-tutor instructor restore {backup.number}" in said[-1].text
    cluster.writes_left = None
    assert len(cluster.objects) == 3
    assert (await lines(stage.restore(backup, {})))[-1].ok
    assert without_versions(cluster) == before


async def test_a_cluster_that_is_away_from_the_start_changes_nothing(
    stage: Stage, cluster: MemoryCluster, backups: StageBackups
) -> None:
    cluster.writes_left = 0
    (line,) = await lines(stage.set("readiness", {}))
    assert line.word is Word.FAILED
    assert line.text.endswith("Nothing was changed.")
    assert backups.all() == ()


async def test_pods_that_do_not_get_ready_end_the_waiting(cluster: MemoryCluster, backups: StageBackups) -> None:
    class Hasty(FakeClock):
        async def sleep(self, seconds: float) -> None:
            self._now += seconds

    cluster.slow = True
    stage = Stage(cluster, COURSE, backups, Hasty())  # type: ignore[arg-type]
    said = await lines(stage.set("gateway-service", {}))
    assert [line.word for line in said] == [Word.DID, Word.WAITING, Word.FAILED]
    assert "gateway-deployment did not get ready" in said[-1].text


async def test_a_context_that_is_not_local_and_was_not_named_is_refused(backups: StageBackups) -> None:
    cluster = MemoryCluster("company", kind="other")
    stage = Stage(cluster, COURSE, backups, FakeClock())  # type: ignore[arg-type]
    (line,) = await lines(stage.set("readiness", {}))
    assert line.word is Word.FAILED
    assert '"company"' in line.text
    assert cluster.log == []


async def test_a_backup_of_another_place_is_not_restored_here(stage: Stage, backups: StageBackups) -> None:
    await lines(stage.set("gateway-service", {}))
    elsewhere = MemoryCluster(namespace="other")
    other = Stage(elsewhere, COURSE, backups, FakeClock())  # type: ignore[arg-type]
    backup = backups.newest()
    assert backup is not None
    (line,) = await lines(other.restore(backup, {}))
    assert not line.ok
    assert 'namespace "class"' in line.text
    assert 'namespace "other"' in line.text


def a_backup(**more: Any) -> Backup:
    values = dict(number=0, at=1.0, why="x", context="c", server="s", namespace="n", objects=(), absent=(), progress={})
    return Backup(**{**values, **more})


def test_a_backup_that_was_never_finished_is_passed_over(backups: StageBackups) -> None:
    whole = backups.keep(a_backup(absent=(("Service", "user"),)))
    half = backups.keep(a_backup())
    (half.folder / ABOUT).unlink()
    broken = backups.keep(a_backup())
    (broken.folder / ABOUT).write_text("{")
    assert [backup.number for backup in backups.all()] == [whole.number]
    assert backups.newest() == whole
    with pytest.raises(BackupFailed, match="no backup 9"):
        backups.load(9)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_backups_are_for_this_user_alone_and_the_oldest_go(backups: StageBackups) -> None:
    kept = [backups.keep(a_backup()) for _ in range(33)]
    assert [backup.number for backup in backups.all()] == list(range(33, 3, -1))
    assert (kept[-1].folder / ABOUT).stat().st_mode & 0o777 == 0o600


def test_a_deployment_is_settled_when_all_its_pods_are_new_and_ready() -> None:
    status = {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
    good = {"metadata": {"generation": 2}, "spec": {"replicas": 2}, "status": status}
    assert settled(good)
    assert not settled(None)
    for name, value in (("observedGeneration", 1), ("replicas", 3), ("readyReplicas", 1), ("updatedReplicas", 1)):
        assert not settled({**good, "status": {**status, name: value}})


def without_versions(cluster: MemoryCluster) -> dict[tuple[str, str], Any]:
    plain = {}
    for key, obj in cluster.objects.items():
        metadata = {k: v for k, v in obj["metadata"].items() if k not in ("resourceVersion", "generation")}
        plain[key] = {"metadata": metadata, "spec": obj["spec"]}
    return plain
