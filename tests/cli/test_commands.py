"""The commands as a script sees them: what they print, and their exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.cli.served_api import ServedApi
from tests.cluster.fake_api import FakeApi, status
from tutor.cli.main import group

ROOT = Path(__file__).parent.parent.parent
FILE = "kube/gateway/deployment.yaml"
SOLUTION = ROOT / "solutions/01-gateway-deployment" / FILE


def run(*words: str, typed: str = "") -> Result:
    result = CliRunner().invoke(group, list(words), input=typed, prog_name="homics-tutor")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result


def check(*words: str) -> tuple[int, dict[str, Any]]:
    result = run("check", *words, "--format", "json")
    said: dict[str, Any] = json.loads(result.stdout)
    return result.exit_code, said


def applied(api: FakeApi) -> None:
    """What the controllers make of the first step's reference."""
    manifest = yaml.safe_load(SOLUTION.read_text())
    revision = {"deployment.kubernetes.io/revision": "1"}
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 1)
    deployment = api.put(
        "Deployment",
        "gateway-deployment",
        metadata={**manifest["metadata"], "generation": 1, "annotations": revision},
        spec=manifest["spec"],
        status={"observedGeneration": 1, **counts},
    )
    template = manifest["spec"]["template"]
    owner = {"kind": "Deployment", "name": "gateway-deployment", "uid": deployment["metadata"]["uid"]}
    replica_set = api.put(
        "ReplicaSet",
        "gateway-deployment-77d89c78d4",
        metadata={"ownerReferences": [owner], "annotations": revision},
        spec={"replicas": 1, "template": template},
    )
    owner = {"kind": "ReplicaSet", "name": replica_set["metadata"]["name"], "uid": replica_set["metadata"]["uid"]}
    container = {"name": "gateway", "ready": True, "restartCount": 0, "state": {"running": {}}}
    api.put(
        "Pod",
        "gateway-deployment-77d89c78d4-abcde",
        metadata={"ownerReferences": [owner], "labels": template["metadata"]["labels"]},
        spec=template["spec"],
        status={
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [container],
        },
    )


def test_a_check_goes_from_one_to_zero(workspace: Path, served: ServedApi, tmp_path: Path) -> None:
    options = ("--kubeconfig", str(served.api.kubeconfig(tmp_path)))
    code, said = check("gateway-deployment", *options)
    assert (code, said["verdict"]) == (1, "not-yet")
    shutil.copy(SOLUTION, workspace / FILE)
    code, said = check("gateway-deployment", *options)
    assert (code, said["verdict"]) == (1, "not-yet")
    assert [f["rule"] for f in said["findings"] if f["verdict"] == "failed"] == ["applied"]
    served.do(applied)
    code, said = check("gateway-deployment", *options)
    assert (code, said["verdict"], said["step"]) == (0, "passed", "gateway-deployment")
    assert " passed " in run("steps").stdout


def test_the_json_is_the_contracts(workspace: Path, served: ServedApi, tmp_path: Path) -> None:
    _, said = check("gateway-deployment", "--kubeconfig", str(served.api.kubeconfig(tmp_path)))
    assert list(said) == ["step", "verdict", "findings"]
    for finding in said["findings"]:
        assert set(finding) == {
            *("rule", "verdict", "severity", "message", "found", "expected", "hint"),
            *("file", "line", "column", "path", "source"),
        }
        assert finding["verdict"] in ("passed", "failed", "skipped", "unknown")
        assert finding["severity"] in ("error", "warning", "note")
        assert "\\" not in finding["file"]
        assert finding["line"] is None or finding["line"] >= 1


def test_findings_come_in_the_order_of_the_checks(workspace: Path, served: ServedApi, tmp_path: Path) -> None:
    _, said = check("gateway-deployment", "--kubeconfig", str(served.api.kubeconfig(tmp_path)))
    order = list(dict.fromkeys(finding["rule"] for finding in said["findings"]))
    assert order == [
        *("file-parses", "known-structure", "defines", "selector-matches-template", "container", "container-port"),
        *("server-accepts", "applied", "deployment-ready"),
    ]


def test_waiting_ends_with_the_first_pass(workspace: Path, served: ServedApi, tmp_path: Path) -> None:
    import threading

    shutil.copy(SOLUTION, workspace / FILE)
    later = threading.Timer(0.6, lambda: served.do(applied))
    later.start()
    code, said = check("gateway-deployment", "--wait", "20", "--kubeconfig", str(served.api.kubeconfig(tmp_path)))
    later.join()
    assert (code, said["verdict"]) == (0, "passed")


def test_waiting_ends_with_its_time(workspace: Path, served: ServedApi, tmp_path: Path) -> None:
    shutil.copy(SOLUTION, workspace / FILE)
    code, said = check("gateway-deployment", "--wait", "0.5", "--kubeconfig", str(served.api.kubeconfig(tmp_path)))
    assert (code, said["verdict"]) == (1, "not-yet")


def test_what_waits_is_summed_up_without_the_names_of_rules(workspace: Path) -> None:
    said = run("check", "gateway-deployment", "--offline").stdout
    assert "checks wait for what is above:" in said
    assert "The Deployment's selector fits the labels of its pod template." in said
    assert "Not looked at" not in said
    assert "known-structure" not in said


def test_offline_asks_no_cluster(workspace: Path) -> None:
    assert check("gateway-deployment", "--offline")[0] == 1
    shutil.copy(SOLUTION, workspace / FILE)
    code, said = check("gateway-deployment", "--offline")
    assert (code, said["verdict"]) == (0, "passed")
    assert all(finding["verdict"] == "passed" for finding in said["findings"])
    assert " passed " not in run("steps").stdout, "files alone pass no step"
    assert "the cluster was not asked" in run("check", "gateway-deployment", "--offline").stdout


def test_a_step_without_files_cannot_be_checked_offline(workspace: Path) -> None:
    code, said = check("crash", "--offline")
    assert (code, said["verdict"]) == (2, "could-not-check")
    assert "Leave out --offline" in said["findings"][0]["message"]


def test_without_a_cluster_right_files_could_not_be_checked(workspace: Path) -> None:
    shutil.copy(SOLUTION, workspace / FILE)
    code, said = check("gateway-deployment")
    assert (code, said["verdict"]) == (2, "could-not-check")
    reasons = [finding for finding in said["findings"] if finding["verdict"] == "unknown"]
    assert len(reasons) == 1, "the reason is said once"
    assert "No kubeconfig was found" in reasons[0]["message"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("stopped", "does not answer at"),
        ("token", "401 Unauthorized"),
        ("trouble", "in trouble (503)"),
        ("forbidden", 'User "x" cannot list resource'),
        ("no namespace", "kubectl create namespace nowhere"),
        ("no context", 'There is no context "nope"'),
        ("broken", "is not valid YAML"),
    ],
)
def test_each_fault_of_a_cluster_is_one_sentence_and_exit_two(
    workspace: Path, served: ServedApi, tmp_path: Path, fault: str, said: str
) -> None:
    shutil.copy(SOLUTION, workspace / FILE)
    kubeconfig = served.api.kubeconfig(tmp_path)
    words = ["--kubeconfig", str(kubeconfig)]
    match fault:
        case "stopped":
            text = kubeconfig.read_text().replace(f":{served.api.port}", ":1")
            kubeconfig.write_text(text)
        case "token":
            served.api.token = "another"
        case "trouble":
            body = status(503, "etcd is away", "ServiceUnavailable")
            from aiohttp import web

            served.api.version_answer = lambda: web.json_response(body, status=503)
        case "forbidden":
            said_by = status(403, 'pods is forbidden: User "x" cannot list resource "pods"', "Forbidden")
            served.api.refuse["LIST", "Pod"] = said_by
        case "no namespace":
            words += ["--namespace", "nowhere"]
        case "no context":
            words += ["--context", "nope"]
        case "broken":
            kubeconfig.write_text("a: [b")
    code, answer = check("gateway-deployment", *words)
    assert (code, answer["verdict"]) == (2, "could-not-check")
    reasons = [finding["message"] for finding in answer["findings"] if finding["verdict"] == "unknown"]
    assert len(reasons) == 1
    assert said in reasons[0]


@pytest.mark.parametrize(
    ("word", "slug"), [("1", "gateway-deployment"), ("02", "gateway-service"), ("3", "user-database")]
)
def test_a_step_is_named_by_its_number_too(workspace: Path, word: str, slug: str) -> None:
    assert check(word, "--offline")[1]["step"] == slug
    assert run("hint", word).stdout.startswith(f"{slug} · ")


@pytest.mark.parametrize("word", ["0", "11", "1.0", "²"])
def test_a_number_that_no_step_has_is_named(workspace: Path, word: str) -> None:
    code, said = check(word)
    assert (code, said["verdict"]) == (2, "could-not-check")
    assert f'There is no step "{word}". The steps are: gateway-deployment' in said["findings"][0]["message"]


def test_an_unknown_step_is_exit_two_and_names_the_nearest(workspace: Path) -> None:
    code, said = check("gatway-deployment")
    assert (code, said["verdict"]) == (2, "could-not-check")
    assert "Did you mean gateway-deployment?" in said["findings"][0]["message"]
    plain = run("check", "gatway-deployment")
    assert plain.exit_code == 2
    assert plain.stdout == ""
    assert "There is no step" in plain.stderr


@pytest.mark.parametrize(
    "words", [("check", "--wait", "-1"), ("check", "--format", "xml"), ("check", "a", "b"), ("no",)]
)
def test_wrong_options_are_exit_two(workspace: Path, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_practice_and_context_contradict_each_other(workspace: Path) -> None:
    result = run("check", "--practice", "--context", "minikube")
    assert result.exit_code == 2
    assert "two different clusters" in result.stderr


@pytest.mark.parametrize("name", ["Default", "a_b", "-a", "a" * 64, ""])
def test_a_name_that_can_be_no_namespace_is_refused(workspace: Path, name: str) -> None:
    assert run("check", "--namespace", name).exit_code == 2


def test_another_folder_is_told_what_to_do(workspace: Path) -> None:
    result = run("check", "--workspace", str(workspace / "kube"))
    assert result.exit_code == 2
    assert "start in" in result.stderr


# hint, reset, solution.


def test_hints_open_one_by_one(workspace: Path) -> None:
    said = [run("hint", "gateway-deployment").stdout for _ in range(4)]
    assert [line.splitlines()[0][-6:] for line in said] == ["1 of 3", "2 of 3", "3 of 3", "3 of 3"]
    assert run("hint", "gateway-deployment", "--tier", "1").stdout == said[0]
    assert run("hint", "nothing").exit_code == 2
    assert run("hint", "gateway-deployment", "--tier", "4").exit_code == 2


def test_a_solution_is_locked_until_the_step_is_done(workspace: Path, served: ServedApi, tmp_path: Path) -> None:
    locked = run("solution", "gateway-deployment")
    assert locked.exit_code == 2
    assert "opens when the step is passed" in locked.stderr
    assert "homics/gateway" not in locked.output
    shutil.copy(SOLUTION, workspace / FILE)
    served.do(applied)
    assert check("gateway-deployment", "--kubeconfig", str(served.api.kubeconfig(tmp_path)))[0] == 0
    opened = run("solution", "gateway-deployment")
    assert opened.exit_code == 0
    assert "image: homics/gateway:1.0.0" in opened.stdout
    assert run("solution", "gateway-service").exit_code == 2, "of this step alone"


def test_an_instructor_sees_every_solution(workspace: Path) -> None:
    assert "NodePort" in run("--instructor", "solution", "gateway-service").stdout


def test_reset_asks_first_and_can_be_undone(workspace: Path) -> None:
    mine = "kind: Deployment # mine\n"
    (workspace / FILE).write_text(mine)
    said = run("reset", "gateway-deployment", typed="n\n")
    assert said.exit_code == 0
    assert (workspace / FILE).read_text() == mine
    assert "Nothing was changed" in said.stdout
    assert run("reset", "gateway-deployment", typed="y\n").exit_code == 0
    assert (workspace / FILE).read_bytes() == (ROOT / "starter" / FILE).read_bytes()
    named = run("reset", "gateway-service", "--undo")
    assert named.exit_code == 2
    assert "leave the step out" in named.stderr
    assert run("reset", "--undo").exit_code == 0
    assert (workspace / FILE).read_text() == mine
    nothing = run("reset", "crash", "--yes")
    assert nothing.exit_code == 2
    assert "writes no file" in nothing.stderr


def test_a_reset_step_begins_anew(workspace: Path, served: ServedApi, tmp_path: Path) -> None:
    shutil.copy(SOLUTION, workspace / FILE)
    served.do(applied)
    assert check("gateway-deployment", "--kubeconfig", str(served.api.kubeconfig(tmp_path)))[0] == 0
    run("reset", "gateway-deployment", "--yes")
    assert " passed " not in run("steps").stdout


def test_steps_mark_where_one_is(workspace: Path) -> None:
    lines = run("steps").stdout.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith(">  1  gateway-deployment")
    assert sum(line.endswith("(bonus)") for line in lines) == 3


# A defect.


def test_a_defect_ends_in_a_sentence_and_a_log(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from tutor.cli import main

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a wire came loose")

    monkeypatch.setattr(main, "group", broken)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "a defect of the tutor" in said
    assert "a wire came loose" in said
    assert "Traceback" not in said
    assert "Traceback" in (tmp_path / "state" / "defects.log").read_text()


def test_ctrl_c_while_the_tutor_is_loaded_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    from tutor.__main__ import main

    real = builtins.__import__

    def interrupted(name: str, *rest: Any) -> Any:
        if name == "tutor.cli.main":
            raise KeyboardInterrupt
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
