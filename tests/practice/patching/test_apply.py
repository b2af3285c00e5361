"""Server-side apply as pure functions; what a real server answers is compared in tests/practice/api/recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.practice.api.ownership import in_version
from tutor.practice.patching import managed
from tutor.practice.patching.apply import ApplyConflict, server_side_apply
from tutor.practice.patching.field_set import FieldSet, path_text
from tutor.practice.patching.managed import Manager, Owned

Object = dict[str, Any]
NOW, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"


def config_map(**data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n"}, "data": data}


def deployment(*containers: Object, **spec: Any) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "namespace": "n"},
        "spec": {"template": {"spec": {"containers": list(containers)}}, **spec},
    }


def applied(live: Object | None, manifest: Object, manager: str = "one", *, force: bool = False) -> Object:
    return server_side_apply(live, manifest, Manager(manager, "Apply"), force, NOW, in_version)


def updated(live: Object, new: Object, manager: str) -> Object:
    bare = {**new, "metadata": {key: value for key, value in new["metadata"].items() if key != "managedFields"}}
    owned = managed.update(
        {**live, "metadata": {k: v for k, v in live["metadata"].items() if k != "managedFields"}},
        bare,
        managed.read(live["metadata"].get("managedFields")),
        Manager(manager, "Update", new["apiVersion"]),
        LATER,
        in_version,
    )
    bare["metadata"]["managedFields"] = managed.write(owned)
    return bare


def owners(obj: Object) -> dict[str, list[str]]:
    return {
        entry["manager"]: [path_text(path) for path in FieldSet.from_json(entry["fieldsV1"]).paths()]
        for entry in obj["metadata"]["managedFields"]
    }


def test_who_applies_owns_what_the_manifest_sets_and_nothing_else() -> None:
    made = applied(None, deployment({"name": "web", "image": "i:1"}, replicas=0))
    assert owners(made) == {
        "one": [
            ".spec.replicas",
            '.spec.template.spec.containers[name="web"]',
            '.spec.template.spec.containers[name="web"].image',
            '.spec.template.spec.containers[name="web"].name',
        ]
    }


def test_what_is_left_out_goes_unless_somebody_else_owns_it() -> None:
    live = applied(None, config_map(a="1", b="2", c="3"))
    live = applied(live, config_map(b="2"), "two")
    live = applied(live, config_map(a="1"))
    assert live["data"] == {"a": "1", "b": "2"}
    assert owners(live) == {"one": [".data.a"], "two": [".data.b"]}


def test_another_managers_value_conflicts_and_force_takes_it() -> None:
    live = applied(None, config_map(a="1"))
    with pytest.raises(ApplyConflict, match=r'^Apply failed with 1 conflict: conflict with "one": \.data\.a$'):
        applied(live, config_map(a="2"), "two")
    taken = applied(live, config_map(a="2"), "two", force=True)
    assert taken["data"] == {"a": "2"}
    assert owners(taken) == {"two": [".data.a"]}


def test_the_same_value_is_shared() -> None:
    live = applied(applied(None, config_map(a="1")), config_map(a="1"), "two")
    assert owners(live) == {"one": [".data.a"], "two": [".data.a"]}


def test_an_update_takes_what_it_changes() -> None:
    live = applied(None, deployment({"name": "web", "image": "i:1"}, replicas=1))
    changed = updated(live, deployment({"name": "web", "image": "i:2"}, replicas=1), "kubectl-set")
    image = '.spec.template.spec.containers[name="web"].image'
    assert owners(changed)["kubectl-set"] == [image]
    assert image not in owners(changed)["one"]
    with pytest.raises(ApplyConflict) as refused:
        applied(changed, deployment({"name": "web", "image": "i:1"}, replicas=1))
    assert refused.value.causes() == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl-set" using apps/v1', "field": image}
    ]


def test_several_conflicts_are_told_by_manager() -> None:
    live = applied(None, config_map(a="1", b="1"))
    live = applied(live, config_map(c="1"), "two")
    with pytest.raises(ApplyConflict) as refused:
        applied(live, config_map(a="2", b="2", c="2"), "three")
    assert str(refused.value) == (
        'Apply failed with 3 conflicts: conflicts with "one":\n- .data.a\n- .data.b\nconflicts with "two":\n- .data.c'
    )


def test_entries_of_others_stay_in_their_places() -> None:
    live = applied(None, deployment({"name": "a", "image": "a"}, {"name": "b", "image": "b"}))
    live = applied(live, deployment({"name": "side", "image": "s"}), "two")
    live = applied(live, deployment({"name": "b", "image": "b"}, {"name": "new", "image": "n"}))
    assert [c["name"] for c in live["spec"]["template"]["spec"]["containers"]] == ["b", "side", "new"]


def test_ports_are_told_apart_by_number_and_protocol_which_defaults_to_tcp() -> None:
    live = applied(None, deployment({"name": "a", "ports": [{"containerPort": 80, "protocol": "TCP"}]}))
    manifest = deployment({"name": "a", "ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}]})
    ports = applied(live, manifest, "two")["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert ports == [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80, "protocol": "UDP"}]


def test_applying_again_changes_nothing_not_even_the_time() -> None:
    live = applied(None, config_map(a="1"))
    again = server_side_apply(live, config_map(a="1"), Manager("one", "Apply"), False, LATER, in_version)
    assert again == live
    shared = applied(live, config_map(a="1"), "two")
    assert [(entry["manager"], entry.get("time")) for entry in shared["metadata"]["managedFields"]] == [
        ("two", None),
        ("one", NOW),
    ]


def test_what_client_side_apply_set_is_taken_over_by_kubectl_without_a_conflict() -> None:
    last = '{"apiVersion":"v1","kind":"ConfigMap","data":{"a":"1","b":"1"}}'
    made = {**config_map(a="1", b="2"), "metadata": {**config_map()["metadata"]}}
    made["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": last}
    live = updated({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}, made, "kubectl-client-side-apply")
    taken = applied(live, config_map(a="2"), "kubectl")
    assert taken["data"]["a"] == "2"
    assert '"a":"2"' in taken["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"]
    # b was changed since: it is somebody's.
    with pytest.raises(ApplyConflict, match=r"\.data\.b"):
        applied(live, config_map(b="3"), "kubectl")
    with pytest.raises(ApplyConflict):
        applied(live, config_map(a="2"), "someone-else")


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (deployment({"name": "a"}, {"name": "a"}), 'containers: duplicate entries for key [name="a"]'),
        (deployment({"image": "a"}), "containers: element 0: associative list with keys has an element that omits"),
        (deployment(replicas="x"), ".spec.replicas: expected numeric (int or float), got string"),
        (deployment(replica=1), ".spec.replica: field not declared in schema"),
        (deployment({"name": 1}), ".spec.template.spec.containers[name=1].name: expected string, got &value"),
        (deployment(paused="yes"), ".spec.paused: expected boolean, got &{yes}"),
        (deployment(selector=[]), ".spec.selector: expected map, got &{[]}"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(manifest: Object, why: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the text is compared below
        applied(None, manifest)
    assert why in str(refused.value)


def test_more_than_ten_updaters_are_put_together() -> None:
    fields = FieldSet.from_json({"f:data": {"f:a": {}}})
    many = {
        Manager(f"m{number:02}", "Update", "v1"): Owned(fields, "v1", f"2026-01-01T00:00:{number:02}Z")
        for number in range(12)
    }
    kept = managed._capped(many)
    assert len(kept) == managed.MAX_UPDATERS
    assert Manager("ancient-changes", "Update", "v1") in kept
    assert Manager("m11", "Update", "v1") in kept


def test_field_sets_survive_the_wire() -> None:
    content = {
        "f:metadata": {"f:labels": {".": {}, "f:app": {}}, "f:finalizers": {".": {}, 'v:"x/y"': {}}},
        "f:spec": {"f:containers": {'k:{"name":"a"}': {".": {}, "f:image": {}}}},
    }
    assert FieldSet.from_json(content).to_json() == content
    with pytest.raises(ValueError, match="no step"):
        FieldSet.from_json({"x:spec": {}})
