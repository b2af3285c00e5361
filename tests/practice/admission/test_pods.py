from __future__ import annotations

from typing import Any

import pytest

from tests.practice.api.doubles import new_context, pod
from tutor.practice.admission.pods import admit_pod, qos_class
from tutor.practice.store.errors import Forbidden, NotFound

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


def test_every_container_gets_the_token_of_the_pods_account() -> None:
    made = pod()
    made["spec"]["initContainers"] = [{"name": "first", "image": "i"}]
    spec = admit_pod(made)["spec"]
    (volume,) = spec["volumes"]
    for container in (*spec["containers"], *spec["initContainers"]):
        (mount,) = container["volumeMounts"]
        assert (mount["name"], mount["mountPath"], mount["readOnly"]) == (volume["name"], TOKEN_PATH, True)
    assert spec["serviceAccountName"] == "default"


def test_who_wants_no_token_gets_none() -> None:
    made = pod()
    made["spec"]["automountServiceAccountToken"] = False
    assert "volumes" not in admit_pod(made)["spec"]


def test_a_mount_of_ones_own_stays() -> None:
    made = pod()
    made["spec"]["containers"][0]["volumeMounts"] = [{"name": "mine", "mountPath": TOKEN_PATH}]
    assert admit_pod(made)["spec"]["containers"][0]["volumeMounts"] == [{"name": "mine", "mountPath": TOKEN_PATH}]


def test_a_toleration_of_ones_own_is_not_doubled() -> None:
    made = pod()
    mine = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
    made["spec"]["tolerations"] = [mine]
    keys = [(t["key"], t["tolerationSeconds"]) for t in admit_pod(made)["spec"]["tolerations"]]
    assert keys == [("node.kubernetes.io/not-ready", 5), ("node.kubernetes.io/unreachable", 300)]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "100m"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1024Mi"}}, "Guaranteed"),
        ({"requests": {"cpu": "0"}}, "BestEffort"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
    ],
)
def test_the_class_of_service_follows_requests_and_limits(resources: dict[str, Any], expected: str) -> None:
    assert qos_class({"containers": [{"resources": resources}]}) == expected


def test_objects_need_their_namespace() -> None:
    context, _ = new_context()
    with pytest.raises(NotFound, match='namespaces "nosuch" not found'):
        context.store.create(pod(namespace="nosuch"))
    context.store.create({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "n"}, "spec": {}})
    context.store.delete("Namespace", "", "n")
    with pytest.raises(Forbidden, match="because it is being terminated"):
        context.store.create(pod(namespace="n"))
