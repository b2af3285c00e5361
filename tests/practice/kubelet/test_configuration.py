"""Environment and files of a container: from the manifest, ConfigMaps, Secrets, the pod itself, Services.

The words of v1.34.2 where something is missing; and nothing of this machine, whatever a manifest asks for.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.practice.kubelet.doubles import Node, pod
from tutor.practice.kubelet.files import container_files, missing_volume
from tutor.practice.standins.commands.world import Io, no_input


def stored(node: Node, kind: str, name: str, **data: str) -> None:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    node.store.create(
        {
            "apiVersion": "v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": "default"},
            "data": encoded if kind == "Secret" else data,
        }
    )


async def environment(node: Node, **container: Any) -> dict[str, str]:
    await node.create(pod(**container))
    return dict(node.runtime.last.spec.env)


async def test_values_are_expanded_from_earlier_ones(node: Node) -> None:
    env = await environment(
        node,
        env=[
            {"name": "A", "value": "a"},
            {"name": "B", "value": "$(A)-$(MISSING)-$$(A)"},
            {"name": "A", "value": "again"},
            {"name": "EMPTY"},
        ],
    )
    assert (env["A"], env["B"], env["EMPTY"]) == ("again", "a-$(MISSING)-$(A)", "")
    assert env["HOSTNAME"] == "web"


async def test_references_to_config_maps_and_secrets(node: Node) -> None:
    stored(node, "ConfigMap", "settings", colour="red", size="4")
    stored(node, "Secret", "login", password="hidden")
    env = await environment(
        node,
        envFrom=[
            {"configMapRef": {"name": "settings"}, "prefix": "S_"},
            {"secretRef": {"name": "no", "optional": True}},
        ],
        env=[
            {"name": "COLOUR", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "colour"}}},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}},
            {
                "name": "OPTIONAL",
                "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "none", "optional": True}},
            },
        ],
    )
    assert (env["COLOUR"], env["PASSWORD"], env["S_size"], "OPTIONAL" in env) == ("red", "hidden", "4", False)


async def test_the_pod_s_own_fields(node: Node) -> None:
    paths = {
        "NAME": "metadata.name",
        "NAMESPACE": "metadata.namespace",
        "IP": "status.podIP",
        "NODE": "spec.nodeName",
        "LABEL": "metadata.labels['app']",
    }
    fields = [{"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in paths.items()]
    limit = {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}
    env = await environment(
        node,
        env=[*fields, {"name": "MEMORY", "valueFrom": limit}],
        resources={"limits": {"memory": "128Mi"}},
    )
    assert {name: env[name] for name in paths} == {
        "NAME": "web",
        "NAMESPACE": "default",
        "IP": node.status()["podIP"],
        "NODE": "minikube",
        "LABEL": "web",
    }
    assert env["MEMORY"] == "128"


async def test_services_that_were_there_before_are_in_the_environment(node: Node) -> None:
    spec = {"clusterIP": "10.96.0.9", "ports": [{"port": 9001, "protocol": "TCP", "name": "web-ui"}]}
    metadata = {"name": "user-api", "namespace": "default"}
    node.store.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    env = await environment(node)
    assert {key: value for key, value in env.items() if key.startswith("USER_API")} == {
        "USER_API_SERVICE_HOST": "10.96.0.9",
        "USER_API_SERVICE_PORT": "9001",
        "USER_API_SERVICE_PORT_WEB_UI": "9001",
        "USER_API_PORT": "tcp://10.96.0.9:9001",
        "USER_API_PORT_9001_TCP": "tcp://10.96.0.9:9001",
        "USER_API_PORT_9001_TCP_PROTO": "tcp",
        "USER_API_PORT_9001_TCP_PORT": "9001",
        "USER_API_PORT_9001_TCP_ADDR": "10.96.0.9",
    }


@pytest.mark.parametrize(
    ("container", "text"),
    [
        (
            {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "none", "key": "k"}}}]},
            'configmap "none" not found',
        ),
        (
            {"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "there", "key": "none"}}}]},
            "couldn't find key none in ConfigMap default/there",
        ),
        ({"envFrom": [{"secretRef": {"name": "none"}}]}, 'secret "none" not found'),
    ],
)
async def test_what_is_missing_is_named_and_may_come_later(node: Node, container: dict[str, Any], text: str) -> None:
    stored(node, "ConfigMap", "there", key="value")
    await node.create(pod(**container))
    assert node.container()["state"]["waiting"] == {"reason": "CreateContainerConfigError", "message": text}
    assert node.events.messages("Failed") == [f"Error: {text}"]
    assert node.status()["phase"] == "Pending"
    stored(node, "Secret", "none", k="v")
    stored(node, "ConfigMap", "none", k="v")
    there = node.store.get("ConfigMap", "default", "there")
    assert there is not None
    node.store.update({**there, "data": {"none": "here now"}})
    await node.clock.advance(13)
    assert "running" in node.container()["state"]


def with_volume(source: dict[str, Any], path: str = "/data", **mount: Any) -> dict[str, Any]:
    made = pod(volumeMounts=[{"name": "v", "mountPath": path, **mount}])
    made["spec"]["volumes"] = [{"name": "v", **source}]
    return made


async def test_config_maps_and_secrets_as_files(node: Node) -> None:
    stored(node, "ConfigMap", "settings", **{"app.properties": "a=1\n", "other": "x"})
    stored(node, "Secret", "login", password="hidden")
    await node.create(with_volume({"configMap": {"name": "settings"}}))
    files = node.runtime.last.spec.files
    assert files["/data/app.properties"] == "a=1\n"
    items = [{"key": "password", "path": "deep/password.txt"}]
    other = with_volume({"secret": {"secretName": "login", "items": items}})
    other["metadata"]["name"] = "other"
    await node.create(other)
    assert node.runtime.last.spec.files["/data/deep/password.txt"] == "hidden"
    assert "/data/other" not in node.runtime.last.spec.files


async def test_one_file_of_a_volume(node: Node) -> None:
    stored(node, "ConfigMap", "settings", key="text")
    await node.create(with_volume({"configMap": {"name": "settings"}}, "/etc/app.conf", subPath="key"))
    assert node.runtime.last.spec.files["/etc/app.conf"] == "text"


async def test_a_pod_waits_for_its_volumes(node: Node) -> None:
    await node.create(with_volume({"configMap": {"name": "late"}}))
    assert node.transitions()[-1] == "MODIFIED Pending no-ip ContainerCreating/-/0 ready=F net=F"
    assert node.events.messages("FailedMount") == [
        'MountVolume.SetUp failed for volume "v" : configmap "late" not found'
    ]
    stored(node, "ConfigMap", "late", key="text")
    await node.clock.advance(5)
    assert node.runtime.last.spec.files["/data/key"] == "text"


@pytest.mark.parametrize("path", ["/etc", "/", "../../..", "/root/.ssh"])
async def test_no_file_of_this_machine_is_in_a_container(node: Node, path: str) -> None:
    await node.create(with_volume({"hostPath": {"path": path}}))
    assert not [name for name in node.runtime.last.spec.files if name.startswith("/data")]
    output: list[bytes] = []
    io = Io(output.append, output.append, no_input)
    for words in (("ls", "/data"), ("cat", "/data/passwd"), ("cat", "/etc/passwd"), ("cat", "/data/../etc/shadow")):
        session = node.kubelet.exec("default", "web", "gateway", words)
        await session.run(io)
    assert b"root:" not in b"".join(output)


async def test_what_exec_writes_stays_in_the_container_s_own_world(node: Node) -> None:
    await node.create(pod())
    output: list[bytes] = []
    io = Io(output.append, output.append, no_input)
    target = str(node.folder / "escaped")
    write = ("sh", "-c", f"echo hello > {target}; echo hello > /tmp/x; cat /tmp/x")
    await node.kubelet.exec("default", "web", "gateway", write).run(io)
    assert b"hello" in b"".join(output)
    assert not (node.folder / "escaped").exists()
    output.clear()
    await node.kubelet.exec("default", "web", "gateway", ("cat", "/tmp/x")).run(io)
    assert output == [b"hello\n"]
    node.runtime.last.exit(0)
    await node.clock.advance(2)
    output.clear()
    await node.kubelet.exec("default", "web", "gateway", ("cat", "/tmp/x")).run(io)
    assert b"No such file" in b"".join(output)


def test_a_volume_of_a_kind_that_is_not_kept_is_empty(node: Node) -> None:
    made = with_volume({"emptyDir": {}})
    container = made["spec"]["containers"][0]
    files = container_files(made, container, node.store, address="10.244.0.2", host_address="127.0.0.1")
    assert not [name for name in files if name.startswith("/data/")]
    assert missing_volume(made, node.store) == ""
