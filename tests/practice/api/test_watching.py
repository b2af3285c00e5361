from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient

from tests.fakes import FakeClock
from tests.practice.api.doubles import config_map, deployment, pod
from tests.practice.api.streams import told, watch
from tutor.practice.api.context import Context
from tutor.practice.store.watch import BACKLOG

MAPS = "/api/v1/namespaces/default/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"


def advanced(context: Context) -> FakeClock:
    assert isinstance(context.clock, FakeClock)
    return context.clock


async def test_a_watch_tells_every_change_after_its_version_in_order(client: TestClient, context: Context) -> None:
    first = context.store.create(config_map("a"))
    context.store.create(config_map("b"))
    stream = await watch(client, MAPS, resourceVersion=first["metadata"]["resourceVersion"])
    context.store.update({**first, "data": {"x": "1"}, "metadata": {**first["metadata"]}})
    context.store.delete("ConfigMap", "default", "a")
    version = int(first["metadata"]["resourceVersion"])
    assert [told(event) for event in await stream.take(3)] == [
        ("ADDED", "b", str(version + 1)),
        ("MODIFIED", "a", str(version + 2)),
        ("DELETED", "a", str(version + 3)),
    ]


@pytest.mark.parametrize("version", [{}, {"resourceVersion": "0"}])
async def test_without_a_version_the_objects_come_first(
    client: TestClient, context: Context, version: dict[str, str]
) -> None:
    context.store.create(config_map("a"))
    context.store.create(config_map("b"))
    stream = await watch(client, MAPS, **version)
    context.store.create(config_map("c"))
    assert [told(event)[:2] for event in await stream.take(3)] == [("ADDED", "a"), ("ADDED", "b"), ("ADDED", "c")]


async def test_initial_events_end_with_a_bookmark_that_says_so(client: TestClient, context: Context) -> None:
    made = context.store.create(config_map("a"))
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    stream = await watch(client, MAPS, **query)
    added, bookmark = await stream.take(2)
    assert told(added)[:2] == ("ADDED", "a")
    assert bookmark == {
        "type": "BOOKMARK",
        "object": {
            "kind": "ConfigMap",
            "apiVersion": "v1",
            "metadata": {
                "resourceVersion": made["metadata"]["resourceVersion"],
                "annotations": {"k8s.io/initial-events-end": "true"},
            },
        },
    }


async def test_who_takes_no_bookmarks_gets_none_after_the_initial_events(client: TestClient, context: Context) -> None:
    context.store.create(config_map("a"))
    stream = await watch(client, MAPS, sendInitialEvents="true", resourceVersionMatch="NotOlderThan")
    context.store.create(config_map("b"))
    assert [told(event)[:2] for event in await stream.take(2)] == [("ADDED", "a"), ("ADDED", "b")]


async def test_an_object_that_begins_to_match_is_added_and_one_that_ceases_is_deleted_as_it_was(
    client: TestClient, context: Context
) -> None:
    made = context.store.create({**config_map("a", v="1"), "metadata": {**config_map("a")["metadata"], "labels": {}}})
    stream = await watch(client, MAPS, resourceVersion=made["metadata"]["resourceVersion"], labelSelector="app=x")
    for label, value in (("x", "2"), ("x", "3"), ("y", "4"), ("y", "5"), ("x", "6")):
        context.store.update(
            {**made, "metadata": {"name": "a", "namespace": "default", "labels": {"app": label}}, "data": {"v": value}}
        )
    last = context.store.get("ConfigMap", "default", "a")
    context.store.delete("ConfigMap", "default", "a")
    events = await stream.take(5)
    assert [(event["type"], event["object"]["data"]["v"]) for event in events] == [
        ("ADDED", "2"),
        ("MODIFIED", "3"),
        ("DELETED", "3"),
        ("ADDED", "6"),
        ("DELETED", "6"),
    ]
    assert last is not None
    version = int(last["metadata"]["resourceVersion"])
    assert [int(told(event)[2]) for event in events] == [version - 4, version - 3, version - 2, version, version + 1]


async def test_field_selectors_follow_a_pods_phase(client: TestClient, context: Context) -> None:
    made = context.store.create(pod("p"))
    stream = await watch(
        client,
        "/api/v1/pods",
        resourceVersion=made["metadata"]["resourceVersion"],
        fieldSelector="status.phase=Running",
    )
    for phase in ("Pending", "Running", "Succeeded"):
        context.store.update({**made, "metadata": {"name": "p", "namespace": "default"}, "status": {"phase": phase}},
                             subresource="status")  # fmt: skip
    assert [told(event)[0] for event in await stream.take(2)] == ["ADDED", "DELETED"]


async def test_the_url_of_one_object_watches_it_alone(client: TestClient, context: Context) -> None:
    context.store.create(config_map("a"))
    context.store.create(config_map("b"))
    stream = await watch(client, f"{MAPS}/b")
    context.store.create(config_map("c"))
    context.store.delete("ConfigMap", "default", "b")
    assert [told(event)[:2] for event in await stream.take(2)] == [("ADDED", "b"), ("DELETED", "b")]


async def test_other_namespaces_are_not_told(client: TestClient, context: Context) -> None:
    stream = await watch(client, MAPS)
    context.store.create(config_map("other", "kube-system"))
    context.store.create(config_map("mine"))
    assert told(await stream.next())[1] == "mine"


async def test_a_forgotten_version_is_expired_within_the_stream(client: TestClient, context: Context) -> None:
    context.store.restore([], 1000)
    stream = await watch(client, MAPS, resourceVersion="5")
    event = await stream.next()
    assert event["type"] == "ERROR"
    assert event["object"]["code"] == 410
    assert event["object"]["reason"] == "Expired"
    assert event["object"]["message"] == "too old resource version: 5 (1000)"
    assert await stream.ended()


async def test_a_version_of_a_cluster_that_was_reset_is_expired_too(client: TestClient) -> None:
    stream = await watch(client, MAPS, resourceVersion="99999")
    assert (await stream.next())["object"]["code"] == 410


async def test_tables_name_their_columns_in_the_first_event_alone(client: TestClient, context: Context) -> None:
    context.store.create(deployment("a"))
    stream = await watch(client, "/apis/apps/v1/namespaces/default/deployments", TABLE)
    context.store.create(deployment("b"))
    first, second = await stream.take(2)
    assert [column["name"] for column in first["object"]["columnDefinitions"][:3]] == ["Name", "Ready", "Up-to-date"]
    assert second["object"]["columnDefinitions"] is None
    assert second["object"]["rows"][0]["cells"][:2] == ["b", "0/1"]
    assert second["object"]["rows"][0]["object"]["kind"] == "PartialObjectMetadata"


async def test_metadata_alone_can_be_watched(client: TestClient, context: Context) -> None:
    stream = await watch(client, MAPS, PARTIAL)
    context.store.create(config_map("a", secret="x"))
    event = await stream.next()
    assert event["object"]["kind"] == "PartialObjectMetadata"
    assert set(event["object"]) == {"kind", "apiVersion", "metadata"}


async def test_bookmarks_come_each_minute_and_when_the_time_is_over(client: TestClient, context: Context) -> None:
    stream = await watch(client, MAPS, allowWatchBookmarks="true", timeoutSeconds="90", resourceVersion="3")
    context.store.create(config_map("a"))
    assert told(await stream.next())[0] == "ADDED"
    await advanced(context).advance(61)
    minute = told(await stream.next())
    await advanced(context).advance(30)
    last = told(await stream.next())
    assert minute == last == ("BOOKMARK", "", str(context.store.resource_version))
    assert await stream.ended()


async def test_without_bookmarks_the_time_ends_in_silence(client: TestClient, context: Context) -> None:
    stream = await watch(client, MAPS, timeoutSeconds="90")
    await advanced(context).advance(91)
    assert await stream.ended()


async def test_a_watcher_that_falls_behind_is_ended_and_its_backlog_dropped(
    client: TestClient, context: Context
) -> None:
    stream = await watch(client, MAPS)
    (changes,) = context.watches
    context.store.create(config_map("a"))
    event = list(context.store.history())[-1]
    # All in one go: the watcher never gets to run, as if its client took nothing.
    for _ in range(BACKLOG):
        changes.push(event)
    assert changes.behind
    assert changes.take() == []
    with pytest.raises(Exception, match=r"payload|reset|Cannot write"):
        await stream.ended()
    context.store.create(config_map("more"))
    assert not context.watches


async def test_the_server_ends_watches_when_it_closes(client: TestClient, context: Context) -> None:
    stream = await watch(client, MAPS)
    context.close()
    assert await stream.ended()


async def test_a_hundred_watchers_share_the_bytes_of_an_event(client: TestClient, context: Context) -> None:
    streams = [await watch(client, MAPS) for _ in range(3)]
    context.store.create(config_map("a"))
    for stream in streams:
        assert told(await stream.next())[1] == "a"
    (event,) = [event for event in context.store.history() if event.object["metadata"]["name"] == "a"]
    assert len(event.lines) == 1
