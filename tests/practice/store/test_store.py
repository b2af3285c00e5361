import pytest

from tests.fakes import FakeClock
from tutor.practice.store.errors import AlreadyExists, Conflict, Expired, NotFound
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store


def pod(name: str = "p", namespace: str = "default", **spec: object) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"nodeName": "practice", **spec},
    }


def config(name: str = "c") -> dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}


@pytest.fixture
def store() -> Store:
    return Store(FakeClock(), history=5)


def test_create_gives_uid_version_time_and_generation(store: Store) -> None:
    made = store.create(pod())
    metadata = made["metadata"]
    assert metadata["resourceVersion"] == "1"
    assert metadata["generation"] == 1
    assert metadata["uid"]
    assert metadata["creationTimestamp"] == "2025-10-09T08:53:20Z"


def test_a_second_object_of_the_same_name_is_refused(store: Store) -> None:
    store.create(pod())
    with pytest.raises(AlreadyExists, match='pods "p" already exists'):
        store.create(pod())


def test_generate_name_makes_a_name_of_the_alphabet(store: Store) -> None:
    made = store.create({**pod(), "metadata": {"generateName": "a-", "namespace": "default"}})
    assert len(made["metadata"]["name"]) == 7
    assert made["metadata"]["name"].startswith("a-")


def test_an_update_from_an_old_version_conflicts(store: Store) -> None:
    first = store.create(pod())
    store.update({**first, "spec": {"nodeName": "practice", "x": 1}})
    with pytest.raises(Conflict, match="please apply your changes to the latest version"):
        store.update({**first, "spec": {"nodeName": "practice", "x": 2}})


def test_an_update_that_changes_nothing_is_no_event(store: Store) -> None:
    events: list[StoreEvent] = []
    first = store.create(pod())
    store.subscribe(events.append)
    assert store.update(dict(first)) is first
    assert events == []
    assert store.resource_version == 1


def test_status_and_spec_are_written_apart_and_only_the_spec_counts_a_generation(store: Store) -> None:
    made = store.create(pod())
    status = store.update({**made, "spec": {}, "status": {"phase": "Running"}}, subresource="status")
    assert status["spec"] == {"nodeName": "practice"}
    assert status["metadata"]["generation"] == 1
    spec = store.update({**status, "spec": {"nodeName": "practice", "x": 1}, "status": {}})
    assert spec["status"] == {"phase": "Running"}
    assert spec["metadata"]["generation"] == 2


def test_a_pod_with_a_grace_period_waits_for_its_containers(store: Store) -> None:
    store.create(pod(terminationGracePeriodSeconds=30))
    there = store.delete("Pod", "default", "p")
    assert there is not None
    assert there["metadata"]["deletionTimestamp"] == "2025-10-09T08:53:50Z"
    shorter = store.delete("Pod", "default", "p", grace=5)
    assert shorter is not None
    assert shorter["metadata"]["deletionGracePeriodSeconds"] == 5
    store.finalize("Pod", "default", "p")
    assert store.get("Pod", "default", "p") is None


def test_grace_zero_removes_at_once(store: Store) -> None:
    store.create(pod())
    assert store.delete("Pod", "default", "p", grace=0) is None
    with pytest.raises(NotFound):
        store.delete("Pod", "default", "p")


def test_an_object_with_finalizers_goes_with_the_last_of_them(store: Store) -> None:
    made = store.create({**config(), "metadata": {"name": "c", "namespace": "default", "finalizers": ["a/b"]}})
    there = store.delete("ConfigMap", "default", "c")
    assert there is not None
    store.update({**there, "metadata": {**there["metadata"], "finalizers": []}})
    assert store.get("ConfigMap", "default", "c") is None
    assert made["metadata"]["name"] == "c"


def test_propagation_policies_become_finalizers(store: Store) -> None:
    store.create(config("f"))
    store.create(config("o"))
    foreground = store.delete("ConfigMap", "default", "f", propagation="Foreground")
    orphan = store.delete("ConfigMap", "default", "o", propagation="Orphan")
    assert foreground is not None
    assert orphan is not None
    assert foreground["metadata"]["finalizers"] == ["foregroundDeletion"]
    assert orphan["metadata"]["finalizers"] == ["orphan"]


def test_a_namespace_is_terminating_until_it_is_finalized(store: Store) -> None:
    store.create(
        {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "n"}, "spec": {"finalizers": ["kubernetes"]}}
    )
    there = store.delete("Namespace", "", "n")
    assert there is not None
    assert there["status"]["phase"] == "Terminating"
    store.finalize("Namespace", "", "n")
    assert store.get("Namespace", "", "n") is None


def test_a_watch_begins_at_any_version_in_the_window_and_expires_beyond(store: Store) -> None:
    for number in range(7):
        store.create(config(f"c{number}"))
    with pytest.raises(Expired, match=r"too old resource version: 1 \(2\)"):
        store.watch("ConfigMap", None, 1)
    watch = store.watch("ConfigMap", "default", 5)
    store.delete("ConfigMap", "default", "c0")
    assert [(e.type, e.resource_version) for e in watch.take()] == [("ADDED", 6), ("ADDED", 7), ("DELETED", 8)]
    assert watch.take() == []


async def test_a_waiting_watch_is_woken_and_a_closed_one_hears_nothing(store: Store) -> None:
    watch = store.watch("ConfigMap", None, 0)
    store.create(pod())
    assert watch.take() == []
    store.create(config())
    await watch.wait()
    assert len(watch.take()) == 1
    watch.close()
    store.create(config("d"))
    assert watch.take() == []


def test_restored_objects_keep_their_versions_and_older_watches_expire(store: Store) -> None:
    made = store.create(config())
    other = Store(FakeClock())
    other.restore([made], 40)
    assert other.create(config("d"))["metadata"]["resourceVersion"] == "41"
    with pytest.raises(Expired):
        other.watch("ConfigMap", None, 39)


async def test_changes_of_long_ago_are_forgotten_with_the_next_change() -> None:
    clock = FakeClock()
    store = Store(clock)
    store.create(config("a"))
    await clock.advance(200)
    store.create(config("b"))
    await clock.advance(200)
    assert len(list(store.history())) == 2
    store.create(config("c"))
    assert [event.object["metadata"]["name"] for event in store.history()] == ["b", "c"]
    with pytest.raises(Expired, match=r"too old resource version: 0 \(1\)"):
        store.watch("ConfigMap", None, 0)
    store.watch("ConfigMap", None, 1).close()
