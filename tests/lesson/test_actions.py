"""What the app does on the learner's behalf: the command it stands for, its words, and where it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.fake_api import FakeApi, status
from tests.fakes import FakeClock
from tutor.cluster.api import Target
from tutor.cluster.client import KubeCluster, open_cluster
from tutor.cluster.crash import Crashed
from tutor.core.manifest import ManifestFile, parse_manifest
from tutor.core.step import CheckRef, Step, Task
from tutor.lesson.actions import Actor, confirmation, preview, refusal

TARGET = Target("minikube", "minikube", "https://192.168.49.2:8443", "default", "/k")
STEP = Step("user-database", 3, "User", "text", ("kube/user/service.yaml",), (), given=("kube/database/service.yaml",))
FILES = {
    "kube/user/service.yaml": b"apiVersion: v1\nkind: Service\nmetadata: {name: user}\nspec: {ports: [{port: 9001}]}\n",
    "kube/database/service.yaml": b"apiVersion: v1\nkind: Service\nmetadata: {name: homics-db}\nspec: {}\n",
}


class Acting:
    def __init__(self, cluster: KubeCluster) -> None:
        self.files = dict(FILES)
        self.crashed = 0
        self.actor = Actor(cluster, self.manifests, self.crash)

    def manifests(self, step: Step) -> dict[str, ManifestFile]:
        paths = dict.fromkeys((*step.given, *step.files, *self.files))
        return {path: parse_manifest(path, self.files.get(path)) for path in paths}

    async def crash(self) -> Crashed:
        self.crashed += 1
        return Crashed(True, "user-x", "nodeport", "user-x was crashed through the gateway.")


async def acting(api: FakeApi, folder: Path, **target: Any) -> Acting:
    path = api.kubeconfig(folder)
    place = replace(TARGET, server=api.url, kubeconfig=str(path), **target)
    return Acting(await open_cluster(place, FakeClock()))


@pytest.fixture
async def it(api: FakeApi, tmp_path: Path) -> AsyncIterator[Acting]:
    made = await acting(api, tmp_path)
    yield made
    await made.actor.cluster.close()


@pytest.mark.parametrize(
    ("action", "target", "command"),
    [
        ("apply", TARGET, "kubectl apply -f kube/database/service.yaml -f kube/user/service.yaml"),
        ("apply", None, "kubectl apply -f kube/database/service.yaml -f kube/user/service.yaml"),
        ("crash", TARGET, "kubectl get --raw /api/v1/namespaces/default/services/user:9001/proxy/user/crash"),
        ("roll:2.0.0", TARGET, "kubectl set image deployments/user-deployment user=homics/user-activity:2.0.0"),
        (
            "roll:homics/user-activity:1.0.0",
            replace(TARGET, namespace="team"),
            "kubectl set image deployments/user-deployment user=homics/user-activity:1.0.0 --context minikube"
            " --namespace team",
        ),
        (
            "crash",
            replace(TARGET, named=True),
            "kubectl get --raw /api/v1/namespaces/default/services/user:9001/proxy/user/crash --context minikube",
        ),
    ],
)
def test_the_command_that_an_action_stands_for(action: str, target: Target | None, command: str) -> None:
    assert preview(action, STEP, target, {}) == command


def test_the_question_names_context_and_namespace() -> None:
    question = confirmation(replace(TARGET, namespace="team"), "apply")
    assert 'context "minikube", namespace "team"' in question


def test_only_a_context_that_is_not_ours_is_refused() -> None:
    assert refusal(TARGET) == ""
    other = replace(TARGET, context="prod", kind="other")
    assert "--context prod" in refusal(other)
    assert refusal(replace(other, named=True)) == ""


async def test_apply_says_what_kubectl_says(api: FakeApi, it: Acting) -> None:
    result = await it.actor.act("apply", STEP)
    assert (result.ok, result.message) == (True, "service/homics-db created\nservice/user created")
    result = await it.actor.act("apply", STEP)
    assert result.message == "service/homics-db unchanged\nservice/user unchanged"
    it.files["kube/user/service.yaml"] = FILES["kube/user/service.yaml"].replace(b"9001", b"9002")
    result = await it.actor.act("apply", STEP)
    assert result.message == "service/homics-db unchanged\nservice/user configured"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist yet"),
        (b"", "holds no object yet"),
        (b"# TODO\n", "holds no object yet"),
        (b"a:\n\t- b\n", "cannot be read as YAML"),
        (b"- just\n- a list\n", "no Kubernetes object"),
    ],
)
async def test_a_file_that_is_not_ready_stops_before_anything_is_sent(
    api: FakeApi, it: Acting, content: bytes | None, said: str
) -> None:
    if content is None:
        del it.files["kube/user/service.yaml"]
    else:
        it.files["kube/user/service.yaml"] = content
    result = await it.actor.act("apply", STEP)
    assert not result.ok
    assert said in result.message
    assert api.bodies == []


IS_USER = CheckRef("defines", {"file": "kube/user/service.yaml", "kind": "Service", "name": "user"})
DEFINED = replace(STEP, tasks=(Task("service", "A Service", ("", "", ""), (IS_USER,)),))


@pytest.mark.parametrize("own", [None, b"# TODO\n"])
async def test_a_file_of_another_name_that_defines_the_object_is_applied_and_named(
    api: FakeApi, it: Acting, own: bytes | None
) -> None:
    it.files["kube/user/my service.yml"] = it.files.pop("kube/user/service.yaml")
    if own is not None:
        it.files["kube/user/service.yaml"] = own
    result = await it.actor.act("apply", DEFINED)
    assert (result.ok, result.message) == (True, "service/homics-db created\nservice/user created")
    assert result.command == 'kubectl apply -f kube/database/service.yaml -f "kube/user/my service.yml"'
    assert result.command == preview("apply", DEFINED, it.actor.cluster.target, it.manifests(DEFINED))


async def test_a_file_with_warnings_alone_is_applied(api: FakeApi, it: Acting) -> None:
    it.files["kube/user/service.yaml"] += b"kind: Service\n"
    assert it.manifests(STEP)["kube/user/service.yaml"].findings, "the key stands there twice"
    result = await it.actor.act("apply", STEP)
    assert (result.ok, result.message) == (True, "service/homics-db created\nservice/user created")


async def test_what_the_server_refuses_is_an_answer_in_its_words(api: FakeApi, it: Acting) -> None:
    api.refuse["POST", "Service"] = status(422, 'Service "user" is invalid: spec.ports: Required value', "Invalid")
    result = await it.actor.act("apply", STEP)
    assert not result.ok
    assert "spec.ports: Required value" in result.message


async def test_what_was_refused_stops_no_other_object_and_what_was_done_is_said(api: FakeApi, it: Acting) -> None:
    await it.actor.act("apply", STEP)
    api.remove("Service", "user")
    api.refuse["POST", "Service"] = status(422, 'Service "user" is invalid: spec.ports: Required value', "Invalid")
    later = replace(STEP, given=(), files=("kube/user/service.yaml", "kube/database/service.yaml"))
    result = await it.actor.act("apply", later)
    assert not result.ok
    assert result.message == ('Service "user" is invalid: spec.ports: Required value\nservice/homics-db unchanged')


async def test_a_roll_changes_the_image_of_user(api: FakeApi, it: Acting) -> None:
    assert "apply it first" in (await it.actor.act("roll:2.0.0", STEP)).message
    containers = [{"name": "user", "image": "homics/user-activity:1.0.0"}]
    api.put("Deployment", "user-deployment", spec={"template": {"spec": {"containers": containers}}})
    result = await it.actor.act("roll:2.0.0", STEP)
    assert (result.ok, result.message) == (True, "deployment.apps/user-deployment image updated")
    sent = api.bodies[-1][2]["spec"]["template"]["spec"]["containers"]
    assert sent == [{"name": "user", "image": "homics/user-activity:2.0.0"}]


async def test_a_roll_of_another_container_name_says_which_there_are(api: FakeApi, it: Acting) -> None:
    containers = [{"name": "app", "image": "homics/user-activity:1.0.0"}]
    api.put("Deployment", "user-deployment", spec={"template": {"spec": {"containers": containers}}})
    result = await it.actor.act("roll:2.0.0", STEP)
    assert not result.ok
    assert 'no container named "user"; it has: app' in result.message


@pytest.mark.parametrize("action", ["apply", "crash", "roll:2.0.0"])
async def test_nothing_is_done_where_nothing_may_be(api: FakeApi, tmp_path: Path, action: str) -> None:
    it = await acting(api, tmp_path, kind="other", context="minikube")
    result = await it.actor.act(action, STEP)
    assert not result.ok
    assert "is not a local practice cluster" in result.message
    assert (api.bodies, it.crashed) == ([], 0)
    await it.actor.cluster.close()
