"""The client on real HTTP: apply as kubectl does, the server's refusals as errors, signing in anew."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.fake_api import FakeApi, status
from tests.fakes import FakeClock
from tutor.cluster.api import Target
from tutor.cluster.client import KubeCluster, open_cluster
from tutor.cluster.errors import BrokenKubeconfig, Invalid, NotFoundError, Refused, Unauthorised, Unreachable
from tutor.cluster.wire import unreachable
from tutor.kube.client_side_apply import LAST_APPLIED

MANIFEST: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "gateway"},
    "spec": {"type": "NodePort", "ports": [{"port": 8080}]},
}


async def connect(api: FakeApi, folder: Path, **more: Any) -> KubeCluster:
    path = api.kubeconfig(folder, **more)
    return await open_cluster(Target("minikube", "minikube", api.url, "default", str(path)), FakeClock())


@pytest.fixture
async def cluster(api: FakeApi, tmp_path: Path) -> AsyncIterator[KubeCluster]:
    made = await connect(api, tmp_path)
    yield made
    await made.close()


async def test_apply_creates_then_changes_then_leaves_alone(api: FakeApi, cluster: KubeCluster) -> None:
    await cluster.apply(MANIFEST)
    method, path, body = api.bodies[-1]
    assert (method, path) == (
        "POST",
        "/api/v1/namespaces/default/services?fieldManager=kubectl-client-side-apply&fieldValidation=Strict",
    )
    remembered = json.loads(body["metadata"]["annotations"][LAST_APPLIED])
    assert remembered["spec"] == MANIFEST["spec"]
    changed = {**MANIFEST, "spec": {**MANIFEST["spec"], "type": "ClusterIP"}}
    await cluster.apply(changed)
    method, path, body = api.bodies[-1]
    assert method == "PATCH"
    assert body["spec"] == {"type": "ClusterIP"}
    count = len(api.bodies)
    await cluster.apply(changed)
    assert len(api.bodies) == count, "nothing is sent where nothing changed"


async def test_a_dry_run_changes_nothing(api: FakeApi, cluster: KubeCluster) -> None:
    before = api.version
    await cluster.apply(MANIFEST, dry_run=True)
    assert "dryRun=All" in api.bodies[-1][1]
    assert api.version == before


async def test_an_unknown_field_is_told_by_its_path(api: FakeApi, cluster: KubeCluster) -> None:
    said = 'strict decoding error: unknown field "spec.selectr", unknown field "spec.ports[0].prot"'
    api.refuse["POST", "Service"] = status(400, said, "BadRequest")
    with pytest.raises(Invalid) as error:
        await cluster.apply(MANIFEST, dry_run=True)
    assert [path for path, _ in error.value.fields] == ["spec.selectr", "spec.ports[0].prot"]
    assert str(error.value) == said


async def test_causes_of_a_refusal_keep_the_servers_words(api: FakeApi, cluster: KubeCluster) -> None:
    cause = {
        "reason": "FieldValueInvalid",
        "message": "Invalid value: 1234: not in the range",
        "field": "spec.ports[0].nodePort",
    }
    api.refuse["POST", "Service"] = status(422, "Service is invalid", "Invalid", details={"causes": [cause]})
    with pytest.raises(Invalid) as error:
        await cluster.apply(MANIFEST)
    assert error.value.fields == (("spec.ports[0].nodePort", "Invalid value: 1234: not in the range"),)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({**MANIFEST, "metadata": {}}, "resource name may not be empty"),
        ({**MANIFEST, "metadata": {"name": "x", "namespace": "other"}}, "does not match the namespace"),
        ({**MANIFEST, "kind": "Servise"}, 'no matches for kind "Servise" in version "v1"'),
        ({**MANIFEST, "apiVersion": "v2"}, 'no matches for kind "Service" in version "v2"'),
        ({}, 'no matches for kind ""'),
    ],
)
async def test_what_kubectl_refuses_itself_is_refused_in_its_words(
    api: FakeApi, cluster: KubeCluster, manifest: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        await cluster.apply(manifest)
    assert api.bodies == []


async def test_a_conflict_is_tried_again_and_then_given_up(api: FakeApi, cluster: KubeCluster) -> None:
    await cluster.apply(MANIFEST)
    api.refuse["PATCH", "Service"] = status(409, "the object has been modified", "Conflict")
    changed = {**MANIFEST, "spec": {"type": "ClusterIP"}}
    with pytest.raises(Refused, match="keeps changing"):
        await cluster.apply(changed)
    assert sum(method == "PATCH" for method, _ in api.asked) == 5


async def test_missing_objects_are_none_and_missing_kinds_are_errors(api: FakeApi, cluster: KubeCluster) -> None:
    assert await cluster.get("Service", "none") is None
    assert await cluster.delete("Service", "none") is False
    with pytest.raises(NotFoundError):
        await cluster.list("Nonsense")


@pytest.mark.parametrize(("code", "kind"), [(429, "server"), (500, "server"), (503, "server")])
async def test_a_server_in_trouble_is_unreachable_and_not_a_refusal(
    api: FakeApi, cluster: KubeCluster, code: int, kind: str
) -> None:
    api.refuse["LIST", "Pod"] = status(code, "etcdserver: request timed out", "InternalError")
    with pytest.raises(Unreachable, match="in trouble") as error:
        await cluster.list("Pod")
    assert error.value.kind == kind


async def test_a_server_that_is_away_is_said_in_a_learners_words(api: FakeApi, cluster: KubeCluster) -> None:
    await api.stop()
    with pytest.raises(Unreachable, match=r"nobody accepts the connection\. Is it running"):
        await cluster.version()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("practice", "Is it running? Try: homics-tutor cluster start"),
        ("minikube", "Is it running? Try: minikube status"),
        ("kind", "Is it running?"),
    ],
)
def test_a_cluster_that_is_away_is_looked_for_with_its_own_command(kind: str, said: str) -> None:
    target = Target("name", kind, "https://127.0.0.1:1", "default", "/k")
    for error in (ConnectionRefusedError(), TimeoutError()):
        assert str(unreachable(error, target)).endswith(said)


async def test_a_wrong_token_is_unauthorised(api: FakeApi, tmp_path: Path) -> None:
    cluster = await connect(api, tmp_path, user={"token": "wrong"})
    with pytest.raises(Unauthorised, match="401"):
        await cluster.list("Pod")
    await cluster.close()


def sign_in_program(folder: Path, token_file: Path) -> dict[str, Any]:
    """A program that prints the token of a file, as those of clouds do."""
    program = folder / "sign_in.py"
    program.write_text(
        "import json, pathlib\n"
        f"token = pathlib.Path({str(token_file)!r}).read_text()\n"
        "print(json.dumps({'apiVersion': 'client.authentication.k8s.io/v1', 'kind': 'ExecCredential',"
        " 'status': {'token': token}}))\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": [str(program)],
            "interactiveMode": "Never",
        }
    }


async def test_a_token_that_expired_is_fetched_anew(api: FakeApi, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("sesame")
    cluster = await connect(api, tmp_path, user=sign_in_program(tmp_path, token))
    assert await cluster.version() == "v1.34.2"
    api.token = "open"
    token.write_text("open")
    assert await cluster.version() == "v1.34.2"
    await cluster.close()


async def test_a_sign_in_program_that_fails_is_named(api: FakeApi, tmp_path: Path) -> None:
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "no-such-program",
            "interactiveMode": "Never",
        }
    }
    with pytest.raises(Unauthorised, match="no-such-program"):
        await connect(api, tmp_path, user=user)


async def test_certificates_that_cannot_be_read_name_the_kubeconfig(api: FakeApi, tmp_path: Path) -> None:
    user = {"client-certificate-data": "bm8=", "client-key-data": "bm8="}
    path = api.kubeconfig(tmp_path, user=user)
    path.write_text(path.read_text().replace("http://", "https://"))
    target = Target("minikube", "minikube", api.url, "default", str(path))
    with pytest.raises(BrokenKubeconfig, match="kubeconfig-minikube"):
        await open_cluster(target, FakeClock())


async def test_the_nodes_addresses_end_with_this_machine(api: FakeApi, cluster: KubeCluster) -> None:
    addresses = [{"type": "InternalIP", "address": "192.168.49.2"}, {"type": "Hostname", "address": "minikube"}]
    api.put("Node", "minikube", status={"addresses": addresses})
    assert await cluster.node_addresses() == ["192.168.49.2", "127.0.0.1"]
    api.refuse["LIST", "Node"] = status(403, "nodes is forbidden", "Forbidden")
    assert await cluster.node_addresses() == ["127.0.0.1"]


async def test_names_are_quoted_and_cannot_leave_their_place(api: FakeApi, cluster: KubeCluster) -> None:
    assert await cluster.get("Service", "../../pods/x") is None
    assert not any("/pods/x" in path and "services" not in path for _, path in api.asked)


async def test_who_asks_after_the_end_is_told_that_the_connection_was_closed(cluster: KubeCluster) -> None:
    await cluster.close()
    with pytest.raises(Unreachable, match="was closed") as told:
        await cluster.version()
    assert told.value.kind == "closed"
