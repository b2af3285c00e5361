from __future__ import annotations

import pytest

from tests.fakes import FakeClock
from tutor.practice.api import ownership
from tutor.practice.store.store import Store


@pytest.fixture
def store() -> Store:
    clock = FakeClock()
    store = Store(clock)
    store.own = ownership.of_components(clock)
    return store


def pod() -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "i:1"}]},
    }


def managers(obj: dict) -> list[tuple[str, str, str]]:
    return [
        (entry["manager"], entry["operation"], entry.get("subresource", ""))
        for entry in obj["metadata"].get("managedFields", [])
    ]


def test_what_a_component_makes_and_changes_is_its_own(store: Store) -> None:
    made = store.written_by("kube-controller-manager").create(pod())
    changed = store.written_by("kubelet").update({**made, "status": {"phase": "Running"}}, subresource="status")
    assert managers(changed) == [("kube-controller-manager", "Update", ""), ("kubelet", "Update", "status")]
    fields = changed["metadata"]["managedFields"][1]["fieldsV1"]
    assert fields == {"f:status": {"f:phase": {}}}


def test_views_share_objects_versions_and_watches(store: Store) -> None:
    view = store.written_by("kubelet")
    watch = store.watch("Pod", None, 0)
    made = view.create(pod())
    assert store.get("Pod", "default", "p") is made
    assert store.resource_version == view.resource_version == 1
    assert [event.type for event in watch.take()] == ["ADDED"]


def test_the_store_itself_and_events_keep_no_owners(store: Store) -> None:
    assert managers(store.create(pod())) == []
    event = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "default"}}
    assert managers(store.written_by("kubelet").create(event)) == []
