"""Strategic merge patches. The expected values are the answers of v1.34.2 to the same patches."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.kube.schema import kind_schema
from tutor.practice.patching.strategic import BadPatch, strategic_merge

DEPLOYMENT = kind_schema("apps/v1", "Deployment")


def live(**spec: Any) -> dict[str, Any]:
    containers = [
        {"name": "a", "image": "a:1", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]},
        {"name": "b", "image": "b:1", "ports": [{"containerPort": 80, "protocol": "TCP"}], "args": ["one", "two"]},
    ]
    return {
        "metadata": {"name": "d", "finalizers": ["x/one"], "labels": {"app": "d"}},
        "spec": {"replicas": 1, "template": {"spec": {"containers": containers}}, **spec},
    }


def containers(patch: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": patch, **more}}}}


def merged(patch: dict[str, Any], original: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    result = strategic_merge(original or live(), patch, DEPLOYMENT)
    found: list[dict[str, Any]] = result["spec"]["template"]["spec"]["containers"]
    return found


def test_entries_with_the_same_key_are_merged_and_others_stay() -> None:
    a, b = merged(containers([{"name": "a", "image": "a:2"}]))
    assert a["image"] == "a:2"
    assert a["env"] == [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]
    assert b["image"] == "b:1"


def test_lists_within_entries_merge_by_their_own_keys() -> None:
    patch = [{"name": "a", "env": [{"name": "Y", "value": "3"}, {"name": "Z", "value": "4"}]}]
    assert merged(containers(patch))[0]["env"] == [
        {"name": "X", "value": "1"},
        {"name": "Y", "value": "3"},
        {"name": "Z", "value": "4"},
    ]


def test_a_new_entry_comes_where_the_patch_names_it_first() -> None:
    assert [c["name"] for c in merged(containers([{"name": "new", "image": "n"}]))] == ["new", "a", "b"]


def test_set_element_order_orders_all_that_it_names() -> None:
    patch = containers(
        [{"name": "new", "image": "n"}], **{"$setElementOrder/containers": [{"name": "new"}, {"name": "b"}]}
    )
    assert [c["name"] for c in merged(patch)] == ["new", "a", "b"]


def test_an_order_that_does_not_name_the_patch_is_refused() -> None:
    patch = containers([{"name": "new"}], **{"$setElementOrder/containers": [{"name": "b"}]})
    with pytest.raises(ValueError, match="The order in patch list"):
        merged(patch)


def test_directives_delete_and_replace_entries() -> None:
    assert [c["name"] for c in merged(containers([{"$patch": "delete", "name": "a"}]))] == ["b"]
    replaced = merged(containers([{"$patch": "replace"}, {"name": "only", "image": "o"}]))
    assert replaced == [{"name": "only", "image": "o"}]


def test_a_map_can_be_replaced_or_emptied() -> None:
    patch = {"metadata": {"labels": {"$patch": "replace", "new": "1"}}}
    assert strategic_merge(live(), patch, DEPLOYMENT)["metadata"]["labels"] == {"new": "1"}
    patch = {"metadata": {"labels": {"$patch": "delete"}}}
    assert strategic_merge(live(), patch, DEPLOYMENT)["metadata"]["labels"] == {}


def test_plain_lists_are_replaced_and_sets_of_words_united() -> None:
    assert merged(containers([{"name": "b", "args": ["three"]}]))[1]["args"] == ["three"]
    patch = {"metadata": {"finalizers": ["x/two", "x/one"]}}
    assert strategic_merge(live(), patch, DEPLOYMENT)["metadata"]["finalizers"] == ["x/two", "x/one"]
    patch = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x/one"]}}
    assert strategic_merge(live(), patch, DEPLOYMENT)["metadata"]["finalizers"] == []


def test_retain_keys_drops_what_it_does_not_name() -> None:
    original = live(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}})
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert strategic_merge(original, patch, DEPLOYMENT)["spec"]["strategy"] == {"type": "Recreate"}
    with pytest.raises(BadPatch, match="invalid patch format of retainKeys"):
        strategic_merge(original, {"spec": {"strategy": {"$retainKeys": ["x"], "type": "Recreate"}}}, DEPLOYMENT)


def test_null_deletes_and_is_never_stored() -> None:
    assert "replicas" not in strategic_merge(live(), {"spec": {"replicas": None}}, DEPLOYMENT)["spec"]
    patch = {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}
    assert strategic_merge(live(), patch, DEPLOYMENT)["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ([{"image": "x"}], r"map: map\[image:x\] does not contain declared merge key: name"),
        ([{"$patch": "bogus", "name": "a"}], r"unknown patch type: bogus in map: map\[\$patch:bogus name:a\]"),
        ([{"$patch": "merge", "name": "a"}], "merging lists cannot yet be specified in the patch"),
        (["a"], r"list element types are not identical: \[\[map"),
    ],
)
def test_what_cannot_be_merged_is_refused_in_the_servers_words(patch: list[Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        merged(containers(patch))


def test_the_original_is_left_as_it_was() -> None:
    original = live()
    merged(containers([{"name": "a", "env": [{"$patch": "delete", "name": "X"}], "image": None}]), original)
    assert original == live()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "spec", "containers", "template", "$patch", "$retainKeys", "env", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["spec", "metadata", "$patch"]), json_values, max_size=3))
def test_any_patch_is_applied_or_refused(patch: dict[str, Any]) -> None:
    original = live()
    with contextlib.suppress(ValueError):
        strategic_merge(original, patch, DEPLOYMENT)
    assert original == live()
