"""Faults for a demonstration: injected once, undone exactly, whatever happened in between."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.fakes import FakeClock
from tests.lesson.instructor_doubles import MemoryCluster
from tutor.content.loader import load_course
from tutor.lesson.instructor.exact import put_exactly
from tutor.lesson.instructor.faults import FAULTS, SLOW, fault_named, heal, inject, injected, note_of
from tutor.lesson.instructor.staging import plan_stage

COURSE = load_course()
CHANGING = [fault for fault in FAULTS if fault.object]
USER = ("Deployment", "user-deployment")


@pytest.fixture
async def cluster() -> MemoryCluster:
    """As it is before the step on replicas."""
    cluster = MemoryCluster()
    for obj in plan_stage(COURSE, "replicas", "class").objects:
        await put_exactly(cluster, deepcopy(obj), FakeClock())  # type: ignore[arg-type]
    cluster.log.clear()
    return cluster


def specs(cluster: MemoryCluster) -> dict[tuple[str, str], object]:
    return {key: (deepcopy(obj["spec"]), obj["metadata"].get("annotations")) for key, obj in cluster.objects.items()}


@pytest.mark.parametrize("fault", CHANGING, ids=lambda fault: fault.name)
async def test_a_fault_is_injected_once_and_healed_exactly(cluster: MemoryCluster, fault) -> None:  # type: ignore[no-untyped-def]
    before = specs(cluster)
    ok, text = await inject(cluster, fault)
    assert ok
    assert fault.title in text
    assert specs(cluster) != before
    assert injected(cluster.objects.values()) == (fault.name,)
    broken = specs(cluster)
    assert (await inject(cluster, fault))[0]
    assert specs(cluster) == broken
    assert len(await heal(cluster)) == 1
    assert specs(cluster) == before
    cluster.log.clear()
    assert await heal(cluster) == []
    assert cluster.log == []


async def test_what_each_fault_changes(cluster: MemoryCluster) -> None:
    for fault in CHANGING:
        await inject(cluster, fault)
    spec = cluster.live(*USER)["spec"]["template"]["spec"]["containers"][0]
    assert spec["image"] == "homics/user-activity:9.9.9"
    assert spec["env"] == [{"name": "START_DELAY", "value": SLOW}]
    assert spec["readinessProbe"]
    assert len(cluster.live("Service", "user")["spec"]["selector"]) == 2
    assert cluster.live("Deployment", "homics-db-deployment")["spec"]["replicas"] == 0
    assert len(await heal(cluster)) == len(CHANGING)


async def test_healing_keeps_what_somebody_changed_over_the_fault(cluster: MemoryCluster) -> None:
    for name in ("wrong-image", "slow-start", "database-gone", "broken-selector"):
        fault = fault_named(name)
        assert fault is not None
        await inject(cluster, fault)
    container = cluster.objects[USER]["spec"]["template"]["spec"]["containers"][0]
    container["image"] = "homics/user-activity:2.0.0"
    container["env"] = [{"name": "START_DELAY", "value": "1s"}]
    cluster.objects["Deployment", "homics-db-deployment"]["spec"]["replicas"] = 1
    cluster.objects["Service", "user"]["spec"]["selector"] = {"role": "api"}
    await heal(cluster)
    container = cluster.live(*USER)["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "homics/user-activity:2.0.0"
    assert container["env"] == [{"name": "START_DELAY", "value": "1s"}]
    assert cluster.live("Service", "user")["spec"]["selector"] == {"role": "api"}
    assert injected(cluster.objects.values()) == ()


async def test_a_start_delay_that_was_there_before_comes_back(cluster: MemoryCluster) -> None:
    slow = fault_named("slow-start")
    assert slow is not None
    cluster.objects[USER]["spec"]["template"]["spec"]["containers"][0]["env"] = [
        {"name": "START_DELAY", "value": "500ms"}
    ]
    await inject(cluster, slow)
    assert note_of(cluster.live(*USER), "slow-start") == "500ms"
    await heal(cluster)
    container = cluster.live(*USER)["spec"]["template"]["spec"]["containers"][0]
    assert container["env"] == [{"name": "START_DELAY", "value": "500ms"}]


async def test_there_has_to_be_something_to_break(cluster: MemoryCluster) -> None:
    cluster.objects[USER]["spec"]["template"]["spec"]["containers"][0]["name"] = "app"
    del cluster.objects["Service", "user"]
    for fault in CHANGING:
        ok, text = await inject(cluster, fault)
        if fault.name != "database-gone":
            assert not ok
            assert "There is no Service user" in text or 'no container named "user"' in text


async def test_a_stage_takes_faults_with_it(cluster: MemoryCluster) -> None:
    before = specs(cluster)
    for fault in CHANGING:
        await inject(cluster, fault)
    for obj in plan_stage(COURSE, "replicas", "class").objects:
        await put_exactly(cluster, deepcopy(obj), FakeClock())  # type: ignore[arg-type]
    assert specs(cluster) == before
