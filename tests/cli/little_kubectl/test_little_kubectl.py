"""What of the built-in kubectl no recording shows: flags, sentences for what is missing, watching, streams, YAML."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import yaml

from tutor.cli.little_kubectl import run
from tutor.cli.little_kubectl.commands import COMMANDS, obey
from tutor.cli.little_kubectl.describing import Page, moment
from tutor.cli.little_kubectl.errors import Failure, from_status
from tutor.cli.little_kubectl.rollout import status_text
from tutor.cli.little_kubectl.table import TabWriter
from tutor.cli.little_kubectl.words import take_apart
from tutor.cli.little_kubectl.yaml_out import as_yaml
from tutor.cluster.api import Answer, Target

TARGET = Target("minikube", "minikube", "https://192.168.49.2:8443", "shop", "/nowhere/kubeconfig")


class Wire:
    """Answers by path; `streams` are lines of a watch or a log, one list for each time it is opened."""

    def __init__(self, answers: dict[str, Any] | None = None, streams: list[list[bytes]] | None = None) -> None:
        self.answers = answers or {}
        self.streams = streams or []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.sockets: list[list[bytes]] = []
        self.sent: list[bytes] = []

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        self.asked.append((method, path, options))
        found = self.answers.get(path, self.answers.get(f"{method} {path}"))
        if found is None:
            return Answer(
                404, json.dumps({"kind": "Status", "reason": "NotFound", "message": f"{path} not found"}).encode()
            )
        return Answer(200, found.encode() if isinstance(found, str) else json.dumps(found).encode())

    async def lines(self, path: str, **options: Any) -> AsyncIterator[bytes]:
        self.asked.append(("GET", path, options))
        if not self.streams:
            raise KeyboardInterrupt
        for line in self.streams.pop(0):
            yield line

    @asynccontextmanager
    async def web_socket(self, path: str, **options: Any) -> AsyncIterator[Any]:
        self.asked.append(("GET", path, options))
        yield Socket(self)

    async def close(self) -> None:
        pass


class Socket:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def send_bytes(self, data: bytes) -> None:
        self.wire.sent.append(data)

    async def __aiter__(self) -> AsyncIterator[Any]:
        for data in self.wire.sockets.pop(0):
            yield type("Message", (), {"data": data})


async def do(wire: Wire, words: str) -> int:
    async def opener(_: Target) -> Any:
        return wire

    return await obey(TARGET, words.split(), opener)


def table(*names: str, version: str = "7") -> dict[str, Any]:
    rows = [
        {"cells": [name, "1/1", "5s"], "object": {"metadata": {"name": name, "namespace": "shop"}}} for name in names
    ]
    columns = [{"name": name, "priority": 0} for name in ("Name", "Ready", "Age")]
    return {"kind": "Table", "metadata": {"resourceVersion": version}, "columnDefinitions": columns, "rows": rows}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("edit deploy x", '"edit" is not in the built-in kubectl'),
        ("explain pod", "https://kubernetes.io/docs/tasks/tools/"),
        ("get pod -o jsonpath={.x}", "jsonpath={.x}"),
        ("get pod --sort-by=x", "unknown flag: --sort-by"),
        ("get", "You must specify the type of resource"),
        ("set env deploy/x A=b", '"set env" is not in the built-in kubectl'),
        ("set image", "one or more resources must be specified"),
        ("set image deploy/x", "at least one image update is required"),
        ("rollout pause deploy/x", '"rollout pause" is not'),
        ("rollout status", "required resource not specified"),
        ("rollout status pod/x", "knows the rollouts of Deployments"),
        ("describe node x", "describes pods, Deployments and Services"),
        ("scale deploy x", "--replicas=COUNT flag is required"),
        ("scale deploy x --replicas=two", 'invalid argument "two"'),
        ("delete pod", "no name was specified"),
        ("delete", "provide one or more resources"),
        ("exec x", "at least one command"),
        ("exec -it x -- sh", "opens no terminal"),
        ("create deploy x", "creates namespaces alone"),
        ("apply", "must specify one of -f and -k"),
        ("apply -f https://example.org/x.yaml", "reads no addresses"),
        ("apply -f x --dry-run=client", "--dry-run=server"),
        ("get pod/x svc", "resource/name form"),
        ("logs", "POD or TYPE/NAME is a required argument"),
        ("logs x --since=soon", "invalid duration"),
        ("get pod -n", "flag needs an argument"),
    ],
)
async def test_what_is_missing_or_wrong_is_one_clear_sentence(words: str, sentence: str) -> None:
    pod = {"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [{"name": "c"}]}}
    wire = Wire({"/api/v1/namespaces/shop/pods/x": pod})
    with pytest.raises(Failure) as failed:
        await do(wire, words)
    assert sentence in str(failed.value)
    assert "Traceback" not in str(failed.value)


async def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert await do(Wire(), "--help") == 0
    printed = capsys.readouterr().out
    assert all(f"kubectl {command}" in printed for command in COMMANDS)
    assert await do(Wire(), "get -h") == 0
    assert "describe" not in capsys.readouterr().out.splitlines()[2]


def test_flags_stand_anywhere_and_in_every_form() -> None:
    asked = take_apart(["-n", "shop", "get", "pod", "x", "-oyaml", "--watch=false", "-lapp=user", "--no-headers"])
    assert (asked.command, asked.arguments) == ("get", ("pod", "x"))
    assert asked.values == {"namespace": "shop", "output": "yaml", "selector": "app=user"}
    assert (asked.on, asked.off) == ({"no-headers"}, {"watch"})
    asked = take_apart(["apply", "-f", "a.yaml,b.yaml", "-f", "c", "-R", "--context=x"])
    assert asked.files == ("a.yaml", "b.yaml", "c")
    asked = take_apart(["logs", "-f", "x", "--tail", "3"])
    assert asked.on == {"follow"}
    assert asked.files == ()
    asked = take_apart(["exec", "deploy/x", "-c", "c", "--", "ls", "-l", "--all"])
    assert asked.rest == ("ls", "-l", "--all")


async def test_a_watch_prints_rows_as_they_come_in_the_columns_of_before(capsys: pytest.CaptureFixture[str]) -> None:
    events = [
        {"type": "MODIFIED", "object": table("pod-with-a-long-name", version="8")},
        {"type": "BOOKMARK", "object": {"kind": "Table", "metadata": {"resourceVersion": "9"}, "rows": []}},
        {"type": "DELETED", "object": {**table("a", version="10"), "columnDefinitions": None}},
    ]
    lines = [json.dumps(event).encode() for event in events]
    wire = Wire({"/api/v1/namespaces/shop/pods": table("a")}, [lines[:2], lines[2:]])
    with pytest.raises(KeyboardInterrupt):
        await do(wire, "get pod -w")
    assert capsys.readouterr().out.splitlines() == [
        "NAME   READY   AGE",
        "a      1/1     5s",
        "pod-with-a-long-name   1/1     5s",
        "a                      1/1     5s",
    ]
    # Each stream goes on where the one before ended.
    versions = [
        options["query"]["resourceVersion"] for _, _, options in wire.asked if "watch" in options.get("query", {})
    ]
    assert versions == ["7", "9", "10"]


async def test_a_watch_that_is_refused_says_why() -> None:
    error = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}}
    wire = Wire({"/api/v1/namespaces/shop/pods": table("a")}, [[json.dumps(error).encode()]])
    with pytest.raises(Failure, match=r"Error from server \(Expired\): too old"):
        await do(wire, "get pod -w")


async def test_a_log_is_followed_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    pod = {
        "kind": "Pod",
        "metadata": {"name": "x", "annotations": {}},
        "spec": {"containers": [{"name": "c"}, {"name": "d"}]},
    }
    wire = Wire({"/api/v1/namespaces/shop/pods/x": pod}, [[b"one", b"two"]])
    assert await do(wire, "logs -f x --tail=5") == 0
    captured = capsys.readouterr()
    assert captured.out == "one\ntwo\n"
    assert captured.err == 'Defaulted container "c" out of: c, d\n'
    assert wire.asked[-1][2]["query"] == {"container": "c", "tailLines": 5, "follow": "true"}


async def test_a_command_runs_in_a_container_and_gives_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    pod = {"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [{"name": "c"}]}}
    wire = Wire({"/api/v1/namespaces/shop/pods/x": pod})
    failed = {"status": "Failure", "details": {"causes": [{"reason": "ExitCode", "message": "3"}]}}
    wire.sockets = [
        [b"\x01out\n", b"\x02err\n", b"\x03" + json.dumps({"status": "Success"}).encode()],
        [b"\x03" + json.dumps(failed).encode()],
        [b"\x03" + json.dumps({"status": "Failure", "reason": "InternalError", "message": "no such file"}).encode()],
        [b"\x01half"],
    ]
    assert await do(wire, "exec x -- env") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("out\n", "err\n")
    assert wire.asked[-1][2]["query"]["command"] == ["env"]
    assert await do(wire, "exec x -- false") == 3
    assert capsys.readouterr().err == "command terminated with exit code 3\n"
    with pytest.raises(Failure, match="no such file"):
        await do(wire, "exec x -- nothing")
    with pytest.raises(Failure, match="ended before the command did"):
        await do(wire, "exec x -- long")


async def test_raw_paths_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert await do(Wire({"/healthz": "ok"}), "get --raw /healthz") == 0
    assert capsys.readouterr().out == "ok"
    with pytest.raises(Failure, match="NotFound"):
        await do(Wire(), "get --raw /nothing")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, "Waiting for deployment spec update to be observed..."),
        ({"observedGeneration": 2, "updatedReplicas": 1}, "1 out of 2 new replicas have been updated..."),
        ({"observedGeneration": 2, "updatedReplicas": 2, "replicas": 3}, "1 old replicas are pending termination..."),
        (
            {"observedGeneration": 2, "updatedReplicas": 2, "replicas": 2, "availableReplicas": 1},
            "1 of 2 updated replicas are available...",
        ),
        (
            {"observedGeneration": 2, "updatedReplicas": 2, "replicas": 2, "availableReplicas": 2},
            'deployment "x" successfully rolled out',
        ),
    ],
)
def test_the_lines_of_a_rollout(status: dict[str, Any], expected: str) -> None:
    deployment = {"metadata": {"name": "x", "generation": 2}, "spec": {"replicas": 2}, "status": status}
    text, done = status_text(deployment)
    assert text.endswith(expected)
    assert done is ("successfully" in expected)


def test_a_rollout_past_its_deadline_ends() -> None:
    stuck = {"type": "Progressing", "reason": "ProgressDeadlineExceeded"}
    deployment = {"metadata": {"name": "x"}, "spec": {}, "status": {"conditions": [stuck]}}
    with pytest.raises(Failure, match="exceeded its progress deadline"):
        status_text(deployment)


def test_columns_that_were_wide_stay_wide(capsys: pytest.CaptureFixture[str]) -> None:
    writer = TabWriter()
    writer.write([["NAME", "A"], ["long-name-here", "1"]])
    writer.write([["x", "2"]])
    assert capsys.readouterr().out.splitlines()[-1] == "x                2"


def test_described_columns_belong_to_neighbouring_lines() -> None:
    page = Page()
    for line in ("Name:\tx", "Long title:\ty", "Plain", "A:\tb", "\tc"):
        page.line(line)
    assert page.text().splitlines() == ["Name:        x", "Long title:  y", "Plain", "A:  b", "    c"]
    assert moment("2026-11-05T09:05:27Z") == "Thu, 05 Nov 2026 09:05:27 +0000"


@pytest.mark.parametrize(
    "value",
    ["1", "1.5", "true", "yes", "off", "y", "null", "~", "", "2026-11-25T19:17:22Z", "1:30", "0x1f", "a: b", "# no",
     "- x", "text", "1Gi", "{a}", "two\nlines\n", "ends with space ", "*x", "100m", "1e3", ".5", "x:"],
)  # fmt: skip
def test_yaml_means_what_the_object_said(value: str) -> None:
    text = as_yaml({"b": value, "a": [{"c": value}]})
    assert yaml.safe_load(text) == {"a": [{"c": value}], "b": value}
    assert text.startswith("a:\n- c: ")


def test_statuses_are_told_as_kubectl_tells_them() -> None:
    assert str(from_status(500, None)) == "error: the server answered 500"
    status = {"kind": "Status", "reason": "Forbidden", "message": "no"}
    assert str(from_status(403, status, 'error when creating "x"')) == (
        'Error from server (Forbidden): error when creating "x": no'
    )


def test_a_cluster_that_is_away_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    missing = Target("minikube", "minikube", "https://127.0.0.1:1", "default", str(tmp_path / "none"))
    assert run(missing, ["get", "pod"]) == 1
    assert capsys.readouterr().err.startswith("error: ")
