from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.practice.api.doubles import config_map, pod
from tutor.practice.api.context import Context

MAPS = "/api/v1/namespaces/default/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


async def listed(client: TestClient, path: str = MAPS, accept: str = "application/json", **query: str) -> Any:
    async with client.get(path, params=query, headers={"Accept": accept}) as response:
        return await response.json()


def names(found: dict[str, Any]) -> list[str]:
    return [item["metadata"]["name"] for item in found["items"]]


async def test_pages_are_those_of_the_first_pages_moment(client: TestClient, context: Context) -> None:
    for name in "abcdef":
        context.store.create(config_map(name, v="old"))
    first = await listed(client, limit="2")
    assert names(first) == ["a", "b"]
    assert first["metadata"]["remainingItemCount"] == 4
    context.store.delete("ConfigMap", "default", "c")
    context.store.create(config_map("cc"))
    context.store.update({**config_map("d", v="new")})
    second = await listed(client, limit="3", **{"continue": first["metadata"]["continue"]})
    assert names(second) == ["c", "d", "e"]
    assert second["items"][1]["data"] == {"v": "old"}
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    third = await listed(client, limit="3", **{"continue": second["metadata"]["continue"]})
    assert names(third) == ["f"]
    assert "continue" not in third["metadata"]


async def test_pages_of_selected_objects_do_not_count_the_rest(client: TestClient, context: Context) -> None:
    for name in "abc":
        made = config_map(name)
        made["metadata"]["labels"] = {"x": "y"}
        context.store.create(made)
    assert "remainingItemCount" not in (await listed(client, limit="1", labelSelector="x=y"))["metadata"]


async def test_a_token_that_is_too_old_comes_with_one_that_goes_on_anyway(client: TestClient, context: Context) -> None:
    for name in "abcd":
        context.store.create(config_map(name))
    first = await listed(client, limit="2")
    context.store.restore([], 1000)
    context.store.create(config_map("bb"))
    refused = await listed(client, limit="2", **{"continue": first["metadata"]["continue"]})
    assert (refused["code"], refused["reason"]) == (410, "Expired")
    assert refused["message"].startswith("The provided continue parameter is too old to display a consistent list")
    rest = await listed(client, limit="2", **{"continue": refused["metadata"]["continue"]})
    assert names(rest) == ["bb", "c"]
    assert names(await listed(client, limit="2", **{"continue": rest["metadata"]["continue"]})) == ["d"]


async def test_exactly_an_earlier_version_can_be_listed(client: TestClient, context: Context) -> None:
    version = context.store.create(config_map("a", v="1"))["metadata"]["resourceVersion"]
    context.store.update(config_map("a", v="2"))
    context.store.create(config_map("b"))
    then = await listed(client, resourceVersion=version, resourceVersionMatch="Exact")
    assert [(item["metadata"]["name"], item["data"]) for item in then["items"]] == [("a", {"v": "1"})]
    assert then["metadata"]["resourceVersion"] == version
    now = await listed(client, resourceVersion=version, resourceVersionMatch="NotOlderThan")
    assert names(now) == ["a", "b"]


async def test_a_version_that_is_forgotten_is_expired(client: TestClient, context: Context) -> None:
    context.store.restore([], 1000)
    refused = await listed(client, resourceVersion="7", resourceVersionMatch="Exact")
    assert (refused["code"], refused["message"]) == (410, "The resourceVersion for the provided list is too old.")


async def test_a_version_of_the_future_is_too_large(client: TestClient) -> None:
    refused = await listed(client, resourceVersion="99999")
    assert (refused["code"], refused["reason"]) == (504, "Timeout")
    assert refused["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


async def test_all_namespaces_are_listed_in_order(client: TestClient, context: Context) -> None:
    context.store.create(config_map("z"))
    context.store.create(config_map("a", "kube-system"))
    assert names(await listed(client, "/api/v1/configmaps")) == ["z", "a"]


async def test_equal_objects_are_encoded_once(client: TestClient, context: Context) -> None:
    made = context.store.create(config_map("a"))
    first = context.encoded.item(made, "v1")
    await listed(client)
    assert context.encoded.item(made, "v1") is first


async def test_the_cache_of_encoded_objects_is_bounded(context: Context) -> None:
    for number in range(300):
        made = context.store.create(config_map(f"c{number}", v="x" * 100_000))
        context.encoded.item(made, "v1")
    assert context.encoded._size <= 12 << 20
    assert len(context.encoded._known) < 130


async def test_encoded_objects_are_forgotten_when_others_take_their_place(context: Context) -> None:
    encoded = context.encoded
    context.store.subscribe(encoded.on_event)
    made = context.store.create(config_map("a"))
    encoded.item(made, "v1")
    encoded.partial(made)
    changed = context.store.update({**made, "data": {"a": "b"}})
    assert not encoded._known
    assert encoded._size == 0
    encoded.item(changed, "v1")
    context.store.delete("ConfigMap", "default", "a")
    assert not encoded._known
    assert encoded._size == 0


@pytest.mark.parametrize(
    ("include", "shown"), [("None", None), ("Metadata", "PartialObjectMetadata"), ("Object", "Pod")]
)
async def test_rows_of_tables_carry_what_is_asked_for(
    client: TestClient, context: Context, include: str, shown: str | None
) -> None:
    context.store.create(pod("p"))
    found = await listed(client, "/api/v1/namespaces/default/pods", TABLE, includeObject=include)
    (row,) = found["rows"]
    assert row["cells"][:4] == ["p", "0/1", "Pending", "0"]
    assert (row["object"] or {}).get("kind") == shown


async def test_answers_come_as_yaml_or_indented_for_who_asks(client: TestClient, context: Context) -> None:
    context.store.create(config_map("a", x="1"))
    async with client.get(f"{MAPS}/a", headers={"Accept": "application/yaml"}) as response:
        assert response.content_type == "application/yaml"
        assert "  x: '1'\n" in await response.text()
    async with client.get(f"{MAPS}/a", params={"pretty": "true"}) as response:
        assert '{\n  "kind": "ConfigMap",\n' in await response.text()
    async with client.get(f"{MAPS}/a", headers={"Accept": "application/xml"}) as response:
        assert response.status == 406
