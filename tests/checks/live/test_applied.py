"""What an apply of the file would change: fields that differ in meaning, and none that differ in writing alone."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from tutor.checks.input import CheckInput
from tutor.checks.live.applied import applied, differences
from tutor.core.manifest import parse_manifest, path_text
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Timeline
from tutor.kube.client_side_apply import LAST_APPLIED
from tutor.kube.schema import set_defaults

FILE: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "user-deployment", "labels": {"app": "user"}},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "user"}},
        "template": {
            "metadata": {"labels": {"app": "user"}},
            "spec": {
                "containers": [
                    {
                        "name": "user",
                        "image": "homics/user-activity:1.0.0",
                        "ports": [{"containerPort": 9001}],
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                        "resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}},
                    },
                    {"name": "side", "image": "side:1"},
                ]
            },
        },
    },
}
CONTAINER = ("spec", "template", "spec", "containers", 0)


def live(applied: dict[str, Any]) -> dict[str, Any]:
    """As the API server keeps what was applied with kubectl."""
    found = set_defaults(deepcopy(applied))
    text = json.dumps({**applied, "metadata": {"annotations": {}, **applied["metadata"]}})
    found["metadata"] |= {
        "annotations": {LAST_APPLIED: text, "deployment.kubernetes.io/revision": "1"},
        "uid": "u",
        "resourceVersion": "1",
        "generation": 1,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "namespace": "default",
    }
    found["status"] = {"replicas": 2}
    return found


def changed(obj: dict[str, Any], *path: str | int, to: Any = None) -> dict[str, Any]:
    """A copy with another value at a path; without one, with nothing there."""
    found = deepcopy(obj)
    holder: Any = found
    for part in path[:-1]:
        holder = holder[part]
    if to is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = to
    return found


def told(manifest: dict[str, Any], cluster: dict[str, Any], *, scaled: bool = False) -> list[tuple[str, Any, Any]]:
    return [(path_text(path), wanted, found) for path, wanted, found in differences(manifest, cluster, scaled=scaled)]


SAME_MEANING: dict[str, dict[str, Any]] = {
    "as applied": FILE,
    "a quantity written otherwise": changed(FILE, *CONTAINER, "resources", "requests", "cpu", to="0.1"),
    "an image with its registry": changed(FILE, *CONTAINER, "image", to="docker.io/homics/user-activity:1.0.0"),
    "another unit": changed(FILE, *CONTAINER, "resources", "limits", "memory", to="1024Mi"),
    "a namespace": changed(FILE, "metadata", "namespace", to="default"),
    "an empty list": changed(FILE, "spec", "template", "spec", "volumes", to=[]),
    "a status": changed(FILE, "status", to={"replicas": 7}),
    "a creation timestamp": changed(FILE, "metadata", "creationTimestamp", to="2020-01-01T00:00:00Z"),
    "a default that is written out": changed(FILE, "spec", "revisionHistoryLimit", to=10),
    "the order of variables": changed(
        FILE, *CONTAINER, "env", to=[{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]
    ),
    "the order of containers": changed(
        FILE, "spec", "template", "spec", "containers", to=FILE["spec"]["template"]["spec"]["containers"][::-1]
    ),
}  # fmt: skip
OTHER_MEANING: dict[str, tuple[dict[str, Any], str, Any, Any]] = {
    "replicas": (changed(FILE, "spec", "replicas", to=3), "spec.replicas", 3, 2),
    "an image": (
        changed(FILE, *CONTAINER, "image", to="homics/user-activity:2.0.0"),
        "spec.template.spec.containers[0].image",
        "homics/user-activity:2.0.0",
        "homics/user-activity:1.0.0",
    ),
    "a variable": (
        changed(FILE, *CONTAINER, "env", 1, "value", to="3"),
        "spec.template.spec.containers[0].env[1].value",
        "3",
        "2",
    ),
    "a label that is new": (
        changed(FILE, "metadata", "labels", "tier", to="back"), "metadata.labels.tier", "back", None
    ),
    "a label that is gone": (changed(FILE, "metadata", "labels", "app"), "metadata.labels.app", None, "user"),
    "a quantity": (
        changed(FILE, *CONTAINER, "resources", "requests", "cpu", to="200m"),
        "spec.template.spec.containers[0].resources.requests.cpu",
        "200m",
        "100m",
    ),
    "a probe": (
        changed(FILE, *CONTAINER, "readinessProbe", to={"tcpSocket": {"port": 9001}}),
        "spec.template.spec.containers[0].readinessProbe.tcpSocket.port",
        9001,
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME_MEANING)
def test_another_way_to_write_the_same_is_no_difference(name: str) -> None:
    assert told(SAME_MEANING[name], live(FILE)) == []


@pytest.mark.parametrize("name", OTHER_MEANING)
def test_a_difference_is_told_with_both_sides(name: str) -> None:
    manifest, path, wanted, found = OTHER_MEANING[name]
    assert told(manifest, live(FILE)) == [(path, wanted, found)]


def test_a_field_that_the_file_dropped_is_told() -> None:
    dropped = changed(FILE, *CONTAINER, "resources")
    assert told(dropped, live(FILE)) == [
        (
            "spec.template.spec.containers[0].resources",
            None,
            FILE["spec"]["template"]["spec"]["containers"][0]["resources"],
        )
    ]


def test_what_others_added_in_the_cluster_is_no_difference() -> None:
    cluster = live(FILE)
    cluster["spec"]["template"]["metadata"]["annotations"] = {"kubectl.kubernetes.io/restartedAt": "2026-01-01"}
    assert told(FILE, cluster) == []


def test_an_autoscaler_owns_the_replicas() -> None:
    cluster = changed(live(FILE), "spec", "replicas", to=5)
    assert told(FILE, cluster) == [("spec.replicas", 2, 5)]
    assert told(FILE, cluster, scaled=True) == []


def test_an_object_that_was_created_without_apply_is_compared_by_what_the_file_says() -> None:
    cluster = live(FILE)
    del cluster["metadata"]["annotations"]
    assert told(FILE, cluster) == []
    assert told(changed(FILE, "spec", "replicas", to=3), cluster) == [("spec.replicas", 3, 2)]


SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "gateway"},
    "spec": {"selector": {"app": "gateway"}, "ports": [{"port": 80, "targetPort": 8080, "nodePort": 31317}]},
}


def test_another_port_is_told_as_such_and_not_as_fields_that_are_missing() -> None:
    edited = deepcopy(SERVICE)
    edited["spec"]["ports"][0]["port"] = 8080
    assert told(edited, live(SERVICE)) == [("spec.ports[0].port", 8080, 80)]


def test_an_edited_port_is_not_called_a_change_in_the_cluster() -> None:
    text = "kind: Service\nmetadata: {name: gateway}\nspec: {ports: [{port: 8080, targetPort: 8080}]}\n"
    file = parse_manifest("kube/gateway/service.yaml", text.encode())
    snapshot = ClusterSnapshot("default", 0.0).with_kind("Service", [live(SERVICE)], 0.0)
    params = {"kind": "Service", "name": "gateway"}
    found = applied(CheckInput({file.path: file}, snapshot, Timeline(), 0.0, 0.0, params))
    assert "Edited but not applied?" in found[0].hint
    assert not any("changed in the cluster" in finding.message for finding in found)


def test_a_map_is_told_as_json_and_not_as_python() -> None:
    labelled = deepcopy(SERVICE)
    labelled["metadata"]["labels"] = {"app": "gateway"}
    text = "kind: Service\nmetadata: {name: gateway}\nspec: {selector: {app: gateway}}\n"
    file = parse_manifest("kube/gateway/service.yaml", text.encode())
    snapshot = ClusterSnapshot("default", 0.0).with_kind("Service", [live(labelled)], 0.0)
    params = {"kind": "Service", "name": "gateway"}
    found = applied(CheckInput({file.path: file}, snapshot, Timeline(), 0.0, 0.0, params))
    assert '{"app": "gateway"}' in [finding.found for finding in found]
