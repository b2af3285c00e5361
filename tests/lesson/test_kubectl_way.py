"""How the learner's kubectl gets to the cluster: what is told works when it is typed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tutor.lesson.kubectl_way import export_line, own_kubectl
from tutor.lesson.view import Connection, ConnectionView

posix = pytest.mark.skipif(os.name != "posix", reason="lines of a POSIX shell")


@posix
def test_the_lines_lead_to_the_folder_and_to_the_practice_cluster(tmp_path: Path) -> None:
    folder = tmp_path / "Übung eins's"
    folder.mkdir()
    kubeconfig = tmp_path / "a state" / "kubeconfig"
    link = ConnectionView(Connection.CONNECTED, "homics-practice", "default", "practice", kubeconfig=str(kubeconfig))
    typed = f'{own_kubectl(link, folder)}\npwd\nprintf "%s" "$KUBECONFIG"'
    done = subprocess.run(["sh", "-ec", typed], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split("\n") == [str(folder), str(kubeconfig)]


def test_on_a_cluster_of_the_learner_the_context_is_named(tmp_path: Path) -> None:
    usual = str(Path.home() / ".kube" / "config")
    link = ConnectionView(Connection.CONNECTED, "minikube", "default", "minikube", kubeconfig=usual)
    cd, use = own_kubectl(link, tmp_path).split("\n")
    assert cd.startswith("cd ")
    assert use == "kubectl config use-context minikube"


@posix
def test_a_kubeconfig_that_was_named_to_the_tutor_is_named_to_kubectl_too(tmp_path: Path) -> None:
    link = ConnectionView(Connection.CONNECTED, "minikube", "default", "minikube", kubeconfig="/tmp/a:/tmp/b c")
    _, export, use = own_kubectl(link, tmp_path).split("\n")
    assert export == "export KUBECONFIG='/tmp/a:/tmp/b c'"
    assert use == "kubectl config use-context minikube"


def test_nobody_is_led_to_make_a_cluster_of_others_the_usual_one(tmp_path: Path) -> None:
    link = ConnectionView(Connection.CONNECTED, "work", "default", "other", writable=True, kubeconfig="/etc/it")
    assert "use-context" not in own_kubectl(link, tmp_path)


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("sh", "export KUBECONFIG='/my state/it'"),
        ("fish", "set -gx KUBECONFIG '/my state/it'"),
        ("powershell", "$env:KUBECONFIG = '/my state/it'"),
        ("cmd", "set KUBECONFIG=/my state/it"),
    ],
)
def test_each_shell_has_its_own_line(shell: str, line: str) -> None:
    assert export_line(Path("/my state/it"), shell).replace("\\", "/") == line
