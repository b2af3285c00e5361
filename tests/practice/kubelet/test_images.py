"""Image names: which can be run, and what is said of the others. Texts of v1.34.2 with containerd 1.6, recorded."""

from __future__ import annotations

import pytest

from tests.practice.kubelet.doubles import Node, pod
from tutor.practice.kubelet import images

REGISTRY = "failed to pull and unpack image"


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("homics/gateway:1.0.0", "docker.io/homics/gateway:1.0.0"),
        ("homics/gateway", "docker.io/homics/gateway:latest"),
        ("docker.io/homics/gateway:1.0.0", "docker.io/homics/gateway:1.0.0"),
        ("index.docker.io/homics/gateway:1.0.0", "docker.io/homics/gateway:1.0.0"),
        ("busybox", "docker.io/library/busybox:latest"),
        ("localhost:5000/x:1", "localhost:5000/x:1"),
        ("registry.local/homics/gateway:1.0.0", "registry.local/homics/gateway:1.0.0"),
        ("Homics/gateway:1.0.0", "Homics/gateway:1.0.0"),
    ],
)
def test_a_name_is_read_as_the_runtime_reads_it(name: str, full: str) -> None:
    assert images.parse(name).full == full


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("homics/Gateway:1.0.0", "invalid reference format: repository name (homics/Gateway) must be lowercase"),
        ("homics/gateway:", "invalid reference format"),
        ("homics/gateway:1.0.0:2", "invalid reference format"),
        (":1.0", "invalid reference format"),
        ("homics/gateway@sha256:abc", "invalid reference format"),
        ("homics/gateway:1 0", "invalid reference format"),
        ("homics gateway", "invalid reference format"),
        ("homics//gateway:1.0.0", "invalid reference format"),
        ("-homics/gateway:1.0.0", "invalid reference format"),
        ("http://homics/gateway:1.0.0", "invalid reference format"),
        ("", "invalid reference format"),
    ],
)
async def test_a_name_that_is_none_stays_invalid(node: Node, name: str, problem: str) -> None:
    await node.create(pod(image=name))
    text = f'Failed to apply default image tag "{name}": couldn\'t parse image name "{name}": {problem}'
    assert node.container()["state"]["waiting"] == {"reason": "InvalidImageName", "message": text}
    assert node.events.seen[:2] == [
        ("Warning", "InspectFailed", text),
        ("Warning", "Failed", "Error: InvalidImageName"),
    ]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "homics/gateway:9",
            f'rpc error: code = NotFound desc = {REGISTRY} "docker.io/homics/gateway:9": failed to resolve reference '
            '"docker.io/homics/gateway:9": docker.io/homics/gateway:9: not found',
        ),
        (
            "homics/gatewayy:1.0.0",
            f'{REGISTRY} "docker.io/homics/gatewayy:1.0.0": failed to resolve reference '
            '"docker.io/homics/gatewayy:1.0.0": pull access denied, repository does not exist or may require '
            "authorization: server message: insufficient_scope: authorization failed",
        ),
        (
            "registry.local/homics/gateway:1.0.0",
            f'{REGISTRY} "registry.local/homics/gateway:1.0.0": failed to resolve reference '
            '"registry.local/homics/gateway:1.0.0": failed to do request: Head '
            '"https://registry.local/v2/homics/gateway/manifests/1.0.0": dial tcp: lookup registry.local: no such host',
        ),
        (
            "localhost:5000/x:1",
            f'{REGISTRY} "localhost:5000/x:1": failed to resolve reference "localhost:5000/x:1": failed to do request: '
            'Head "http://localhost:5000/v2/x/manifests/1": dial tcp 127.0.0.1:5000: connect: connection refused',
        ),
        (
            "Homics/gateway:1.0.0",
            'failed to parse image reference "Homics/gateway:1.0.0": '
            "invalid reference format: repository name must be lowercase",
        ),
    ],
)
async def test_a_pull_that_fails_is_said_and_backs_off(node: Node, name: str, problem: str) -> None:
    await node.create(pod(image=name))
    await node.clock.advance(0.5)
    assert node.container()["state"]["waiting"] == {"reason": "ErrImagePull", "message": problem}
    assert node.status()["phase"] == "Pending"
    assert node.events.seen == [
        ("Normal", "Pulling", f'Pulling image "{name}"'),
        ("Warning", "Failed", f'Failed to pull image "{name}": {problem}'),
        ("Warning", "Failed", "Error: ErrImagePull"),
    ]
    await node.clock.advance(4)
    assert node.container()["state"]["waiting"] == {
        "reason": "ImagePullBackOff",
        "message": f'Back-off pulling image "{name}": ErrImagePull: {problem}',
    }
    assert node.events.seen[3:] == [
        ("Normal", "BackOff", f'Back-off pulling image "{name}"'),
        ("Warning", "Failed", "Error: ImagePullBackOff"),
    ]


async def test_pulls_are_tried_again_at_growing_distances(node: Node) -> None:
    await node.create(pod(image="homics/gateway:9"))
    await node.clock.advance(200)
    pulls = node.events.reasons().count("Pulling")
    assert pulls == 5
    reasons = [line.split()[3].split("/")[0] for line in node.transitions()[2:]]
    assert reasons == [("ErrImagePull", "ImagePullBackOff")[n % 2] for n in range(len(reasons))]


async def test_a_policy_of_never_does_not_pull(node: Node) -> None:
    await node.create(pod(image="homics/gateway:9", imagePullPolicy="Never"))
    text = 'Container image "homics/gateway:9" is not present with pull policy of Never'
    assert node.container()["state"]["waiting"] == {"reason": "ErrImageNeverPull", "message": text}


async def test_a_policy_of_always_pulls_what_is_there(node: Node) -> None:
    await node.create(pod(imagePullPolicy="Always"))
    await node.clock.advance(0.5)
    assert node.events.reasons() == ["Pulling", "Pulled", "Created", "Started"]
    assert node.events.messages("Pulled")[0].startswith(
        'Successfully pulled image "homics/gateway:1.0.0" in 400ms (400ms including waiting). Image size: '
    )


async def test_the_name_may_be_mended_while_it_waits(node: Node) -> None:
    await node.create(pod(image="homics/gateway:9"))
    await node.clock.advance(5)
    stored = node.pod()
    containers = [{**stored["spec"]["containers"][0], "image": "homics/gateway:1.0.0"}]
    node.store.update({**stored, "spec": {**stored["spec"], "containers": containers}})
    await node.clock.advance(15)
    assert "running" in node.container()["state"]
    assert node.container()["restartCount"] == 0


@pytest.mark.parametrize(
    ("command", "args", "runs"),
    [
        (None, None, ()),
        (["java", "-jar", "/app.jar"], None, ()),
        (None, ["--debug"], ()),
        (["sh", "-c", "echo $(NAME)"], None, ("sh", "-c", "echo me")),
        (["/bin/sh"], ["-c", "sleep 5"], ("sh", "-c", "sleep 5")),
    ],
)
async def test_what_is_run(
    node: Node, command: list[str] | None, args: list[str] | None, runs: tuple[str, ...]
) -> None:
    given = {key: value for key, value in (("command", command), ("args", args)) if value is not None}
    await node.create(pod(**given, env=[{"name": "NAME", "value": "me"}]))
    assert node.runtime.last.spec.command == runs


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["nosuch", "x"], "executable file not found in $PATH"),
        (["/usr/bin/python3", "-c", "1"], "stat /usr/bin/python3: no such file or directory"),
        (["../../bin/nosuch"], "stat ../../bin/nosuch: no such file or directory"),
    ],
)
async def test_a_program_of_this_machine_is_not_found(node: Node, command: list[str], reason: str) -> None:
    await node.create(pod(command=command))
    text = (
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
        f'unable to start container process: exec: "{command[0]}": {reason}: unknown'
    )
    assert node.container()["state"]["waiting"] == {"reason": "RunContainerError", "message": text}
    ended = node.container()["lastState"]["terminated"]
    assert (ended["reason"], ended["exitCode"], ended["message"]) == ("StartError", 128, text)
    assert node.status()["phase"] == "Running"
    assert node.runtime.processes == []
