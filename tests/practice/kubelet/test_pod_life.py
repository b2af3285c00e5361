"""A pod's life on the node, as a watcher sees it: each line was compared with what Kubernetes v1.34.2 does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.kubelet.doubles import Node, pod
from tutor.practice.kubelet.probe_state import Outcome

CREATING = "MODIFIED Pending no-ip ContainerCreating/-/0 ready=F net=F"
RUNNING = "MODIFIED Running ip running/-/0 ready=T net=T"


def several(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    made = pod()
    made["spec"] |= {"containers": list(containers), **spec}
    return made


def container(name: str, image: str = "homics/gateway:1.0.0", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": image, **more}


# Start


async def test_a_pod_goes_from_pending_to_running_in_two_changes(node: Node) -> None:
    await node.create(pod())
    assert node.transitions() == ["ADDED - no-ip", CREATING, RUNNING]
    assert node.events.reasons() == ["Pulled", "Created", "Started"]
    assert node.events.messages("Pulled") == ['Container image "homics/gateway:1.0.0" already present on machine']
    assert node.events.messages("Created") == ["Created container: gateway"]


async def test_containers_that_start_together_are_shown_together(node: Node) -> None:
    await node.create(several(container("a"), container("b", "homics/stats:1.0.0")))
    assert node.transitions()[1:] == [
        "MODIFIED Pending no-ip ContainerCreating/-/0 ContainerCreating/-/0 ready=F net=F",
        "MODIFIED Running ip running/-/0 running/-/0 ready=T net=T",
    ]


async def test_containers_are_started_one_after_the_other(node: Node) -> None:
    await node.create(several(container("a"), container("b", "homics/stats:1.0.0")))
    assert node.events.reasons() == ["Pulled", "Created", "Started", "Pulled", "Created", "Started"]


async def test_a_container_without_an_image_does_not_keep_the_next_one_waiting(node: Node) -> None:
    await node.create(several(container("a", "nobody/nothing:1"), container("b", "homics/stats:1.0.0")))
    await node.clock.advance(2)
    assert node.container()["state"]["waiting"]["reason"] == "ErrImagePull"
    assert "running" in node.container(index=1)["state"]


async def test_a_container_s_own_port_is_its_image_s_whatever_the_manifest_says(node: Node) -> None:
    await node.create(pod(ports=[{"containerPort": 1234}]))
    assert node.runtime.last.spec.stand_in.ports == (8080,)


async def test_a_system_that_cannot_start_a_process_is_a_run_error(node: Node) -> None:
    node.runtime.problem = OSError(11, "Resource temporarily unavailable")
    await node.create(pod())
    assert node.container()["state"]["waiting"]["reason"] == "RunContainerError"


# Restarts


async def test_a_container_that_ends_well_is_restarted_all_the_same(node: Node) -> None:
    await node.create(pod())
    node.runtime.last.exit(0)
    await node.clock.advance(0.5)
    await node.clock.advance(1)
    assert node.transitions()[3:] == [
        "MODIFIED Running ip Completed:0/-/0 ready=F net=T",
        "MODIFIED Running ip running/Completed:0/1 ready=T net=T",
    ]


async def test_the_second_end_waits_ten_seconds_and_says_so(node: Node) -> None:
    await node.create(pod())
    for _ in range(2):
        node.runtime.last.exit(1)
        await node.clock.advance(1.5)
    assert node.transitions()[-2:] == [
        "MODIFIED Running ip Error:1/Error:1/1 ready=F net=T",
        "MODIFIED Running ip CrashLoopBackOff/Error:1/1 ready=F net=T",
    ]
    uid = node.pod()["metadata"]["uid"]
    waiting = node.container()["state"]["waiting"]
    assert waiting["message"] == f"back-off 10s restarting failed container=gateway pod=web_default({uid})"
    assert node.events.messages("BackOff") == [
        f"Back-off restarting failed container gateway in pod web_default({uid})"
    ]
    await node.clock.advance(9)
    assert "running" in node.container()["state"]


async def test_the_waits_double_up_to_five_minutes(node: Node) -> None:
    await node.create(pod())
    waits = []
    for _ in range(9):
        node.runtime.last.exit(1)
        ended = node.clock.now()
        before = len(node.runtime.processes)
        while len(node.runtime.processes) == before:
            await node.clock.advance(1)
        waits.append(round(node.clock.now() - ended))
    assert waits == [1, 10, 20, 40, 80, 160, 300, 300, 300]


async def test_ten_minutes_of_quiet_forget_the_waits(node: Node) -> None:
    await node.create(pod())
    for _ in range(3):
        node.runtime.last.exit(1)
        await node.clock.advance(25)
    await node.clock.advance(601)
    before = len(node.runtime.processes)
    node.runtime.last.exit(1)
    await node.clock.advance(2)
    assert len(node.runtime.processes) == before + 1


@pytest.mark.parametrize(
    ("policy", "code", "phase", "state"),
    [
        ("Never", 0, "Succeeded", "Completed"),
        ("Never", 1, "Failed", "Error"),
        ("OnFailure", 0, "Succeeded", "Completed"),
    ],
)
async def test_a_pod_that_may_end_ends(node: Node, policy: str, code: int, phase: str, state: str) -> None:
    await node.create(several(container("gateway"), restartPolicy=policy))
    node.runtime.last.exit(code)
    await node.clock.advance(30)
    assert node.status()["phase"] == phase
    assert node.container()["state"]["terminated"]["reason"] == state
    assert node.container()["restartCount"] == 0
    assert node.condition("Ready")["reason"] == ("PodCompleted" if phase == "Succeeded" else "PodFailed")
    assert node.condition("PodReadyToStartContainers")["status"] == "False"


async def test_on_failure_restarts_what_failed(node: Node) -> None:
    await node.create(several(container("gateway"), restartPolicy="OnFailure"))
    node.runtime.last.exit(3)
    await node.clock.advance(2)
    assert node.container()["restartCount"] == 1


async def test_one_of_two_goes_on_while_the_other_restarts(node: Node) -> None:
    await node.create(several(container("a"), container("b", "homics/stats:1.0.0")))
    node.runtime.of("b").exit(1)
    await node.clock.advance(0.1)
    assert node.transitions()[-1] == "MODIFIED Running ip running/-/0 Error:1/-/0 ready=F net=T"
    assert node.condition("Ready")["message"] == "containers with unready status: [b]"


# The end


async def test_deleting_a_running_pod_ends_in_one_last_word(node: Node) -> None:
    await node.create(pod())
    node.store.delete("Pod", "default", "web")
    await node.clock.advance(0)
    assert node.transitions()[3:] == [
        "MODIFIED Running ip running/-/0 ready=T net=T grace=30",
        "MODIFIED Running ip running/-/0 ready=T net=T grace=30",
        "MODIFIED Failed ip Error:143/-/0 ready=F net=F grace=30",
        "MODIFIED Failed ip Error:143/-/0 ready=F net=F grace=0",
        "DELETED Failed ip Error:143/-/0 ready=F net=F grace=0",
    ]
    assert node.events.messages("Killing") == ["Stopping container gateway"]


async def test_deleting_a_pod_whose_image_is_missing(node: Node) -> None:
    await node.create(pod(image="homics/gateway:nope"))
    await node.clock.advance(5)
    seen = len(node.transitions())
    node.store.delete("Pod", "default", "web")
    await node.clock.advance(0)
    assert node.transitions()[seen:] == [
        "MODIFIED Pending ip ImagePullBackOff/-/0 ready=F net=T grace=30",
        "MODIFIED Pending ip ContainerCreating/-/0 ready=F net=T grace=30",
        "MODIFIED Failed ip ContainerStatusUnknown:137/-/0 ready=F net=F grace=30",
        "MODIFIED Failed ip ContainerStatusUnknown:137/-/0 ready=F net=F grace=0",
        "DELETED Failed ip ContainerStatusUnknown:137/-/0 ready=F net=F grace=0",
    ]


async def test_a_container_that_ends_well_on_its_signal_makes_the_pod_succeed(node: Node) -> None:
    await node.create(pod())
    node.runtime.ignores_term = True
    process = node.runtime.last
    process._ignores_term = True
    node.store.delete("Pod", "default", "web")
    await node.clock.advance(1)
    process.exit(0)
    await node.clock.advance(0)
    assert node.transitions()[-1].startswith("DELETED Succeeded ip Completed:0")


async def test_a_deaf_container_is_killed_at_the_end_of_its_grace(node: Node) -> None:
    node.runtime.ignores_term = True
    await node.create(pod())
    process = node.runtime.last
    node.store.delete("Pod", "default", "web")
    await node.clock.advance(29)
    assert process.signals == ["TERM"]
    await node.clock.advance(1.1)
    assert process.signals == ["TERM", "KILL"]
    assert node.store.get("Pod", "default", "web") is None


async def test_a_second_deletion_can_only_shorten_the_grace(node: Node) -> None:
    node.runtime.ignores_term = True
    await node.create(pod())
    process = node.runtime.last
    node.store.delete("Pod", "default", "web")
    await node.clock.advance(1)
    node.store.delete("Pod", "default", "web", grace=300)
    node.store.delete("Pod", "default", "web", grace=3)
    await node.clock.advance(3.5)
    assert process.signals[-1] == "KILL"


async def test_a_forced_deletion_removes_at_once_and_ends_the_process(node: Node) -> None:
    node.runtime.ignores_term = True
    await node.create(pod())
    node.store.delete("Pod", "default", "web", grace=0)
    assert node.store.get("Pod", "default", "web") is None
    await node.clock.advance(0.1)
    assert node.runtime.last.signals[-1] == "KILL"


async def test_the_deadline_of_a_pod_fails_it(node: Node) -> None:
    await node.create(several(container("gateway"), activeDeadlineSeconds=10))
    await node.clock.advance(11)
    status = node.status()
    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")
    assert node.condition("PodReadyToStartContainers")["status"] == "False"
    assert node.runtime.last.signals == ["TERM"]


# Hooks


async def test_pre_stop_comes_before_the_signal_and_counts_in_the_grace(node: Node) -> None:
    node.runtime.ignores_term = True
    await node.create(pod(lifecycle={"preStop": {"sleep": {"seconds": 5}}}))
    process = node.runtime.last
    node.store.delete("Pod", "default", "web", grace=8)
    await node.clock.advance(4.9)
    assert process.signals == []
    await node.clock.advance(0.2)
    assert process.signals == ["TERM"]
    await node.clock.advance(3)
    assert process.signals == ["TERM", "KILL"]


async def test_a_pre_stop_that_fails_is_said_and_the_signal_comes(node: Node) -> None:
    node.prober.answers["http"] = Outcome(False, "no answer")
    await node.create(pod(lifecycle={"preStop": {"httpGet": {"path": "/stop", "port": 8080}}}))
    node.store.delete("Pod", "default", "web")
    await node.clock.advance(0)
    assert node.events.messages("FailedPreStopHook") == ["PreStopHook failed"]
    assert node.store.get("Pod", "default", "web") is None


async def test_a_post_start_that_fails_ends_the_container_and_is_shown(node: Node) -> None:
    text = 'Get "http://10.244.0.2:9999/nope": dial tcp 10.244.0.2:9999: connect: connection refused'
    node.prober.answers["http"] = Outcome(False, text)
    await node.create(pod(lifecycle={"postStart": {"httpGet": {"path": "/nope", "port": 9999}}}))
    assert node.transitions()[2:] == ["MODIFIED Running ip PostStartHookError/Error:143/0 ready=F net=T"]
    uid = node.pod()["metadata"]["uid"]
    assert node.container()["state"]["waiting"]["message"] == (
        f'HTTP lifecycle hook (/nope) for Container "gateway" in Pod "web_default({uid})" failed - error: {text}'
    )
    assert node.events.messages("FailedPostStartHook") == ["PostStartHook failed"]
    assert node.events.messages("Killing") == ["FailedPostStartHook"]


async def test_the_pod_is_running_only_when_post_start_is_through(node: Node) -> None:
    await node.create(pod(lifecycle={"postStart": {"sleep": {"seconds": 4}}}))
    assert node.transitions()[-1] == CREATING
    await node.clock.advance(4.1)
    assert node.transitions()[-1] == RUNNING


# Init containers


async def test_init_containers_run_one_after_the_other(node: Node) -> None:
    inits = [container("one", "homics/stats:1.0.0"), container("two", "homics/stock:1.0.0")]
    await node.create(several(container("main"), initContainers=inits))
    assert [p.spec.container for p in node.runtime.processes] == ["one"]
    assert node.condition("Initialized")["message"] == "containers with incomplete status: [one two]"
    node.runtime.of("one").exit(0)
    await node.clock.advance(2)
    assert [p.spec.container for p in node.runtime.processes] == ["one", "two"]
    node.runtime.of("two").exit(0)
    await node.clock.advance(2)
    assert node.transitions()[-1] == ("MODIFIED Running ip Completed:0/-/0 Completed:0/-/0 running/-/0 ready=T net=T")


async def test_a_failing_init_container_is_tried_again(node: Node) -> None:
    await node.create(several(container("main"), initContainers=[container("init", "homics/stats:1.0.0")]))
    node.runtime.last.exit(1)
    await node.clock.advance(2)
    assert node.status()["phase"] == "Pending"
    assert node.status()["initContainerStatuses"][0]["restartCount"] == 1


async def test_a_failing_init_container_of_a_pod_that_never_restarts_fails_it(node: Node) -> None:
    inits = [container("init", "homics/stats:1.0.0")]
    await node.create(several(container("main"), initContainers=inits, restartPolicy="Never"))
    node.runtime.last.exit(1)
    await node.clock.advance(2)
    assert node.status()["phase"] == "Failed"
    assert [p.spec.container for p in node.runtime.processes] == ["init"]


async def test_a_sidecar_runs_beside_the_main_container_and_ends_with_it(node: Node) -> None:
    sidecar = container("side", "homics/stats:1.0.0", restartPolicy="Always")
    await node.create(several(container("main"), initContainers=[sidecar], restartPolicy="Never"))
    assert [p.spec.container for p in node.runtime.processes] == ["side", "main"]
    node.runtime.of("main").exit(0)
    await node.clock.advance(2)
    assert node.runtime.of("side").signals == ["TERM"]
    assert node.status()["phase"] == "Succeeded"


# Changes in place, and the node's own end


async def test_another_image_replaces_the_container_without_a_wait(node: Node) -> None:
    await node.create(pod())
    changed = node.pod()
    containers = [{**changed["spec"]["containers"][0], "image": "homics/stats:1.0.0"}]
    node.store.update({**changed, "spec": {**changed["spec"], "containers": containers}})
    await node.clock.advance(0.1)
    assert node.events.messages("Killing") == ["Container gateway definition changed, will be restarted"]
    assert node.container()["image"] == "docker.io/homics/stats:1.0.0"
    assert node.container()["restartCount"] == 1


async def test_after_a_reboot_pods_keep_their_names_and_count_a_restart(node: Node) -> None:
    await node.create(pod())
    address = node.status()["podIP"]
    await node.reboot()
    assert node.container()["restartCount"] == 1
    assert node.container()["lastState"]["terminated"]["exitCode"] == 255
    assert node.events.messages("SandboxChanged") == ["Pod sandbox changed, it will be killed and re-created."]
    assert node.status()["podIP"].startswith("10.244.0.")
    assert address.startswith("10.244.0.")


async def test_a_pod_that_had_ended_stays_ended_after_a_reboot(node: Node) -> None:
    await node.create(several(container("gateway"), restartPolicy="Never"))
    node.runtime.last.exit(0)
    await node.clock.advance(2)
    before = len(node.runtime.processes)
    await node.reboot()
    assert node.status()["phase"] == "Succeeded"
    assert len(node.runtime.processes) == before


async def test_a_deletion_that_the_reboot_interrupted_is_finished(node: Node) -> None:
    node.runtime.ignores_term = True
    await node.create(pod())
    node.store.delete("Pod", "default", "web")
    node.runtime.ignores_term = False
    await node.reboot()
    await node.clock.advance(1)
    assert node.store.get("Pod", "default", "web") is None


async def test_a_pod_for_another_node_is_left_alone(node: Node) -> None:
    other = pod()
    other["spec"]["nodeName"] = "elsewhere"
    await node.create(other)
    assert node.runtime.processes == []
