"""Which contexts count as a local practice cluster, and which one is chosen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tutor.cluster.api import LOCAL_KINDS, Target
from tutor.cluster.connect import choose
from tutor.cluster.errors import BrokenKubeconfig, MissingContext, NoCluster
from tutor.cluster.kubeconfig import ContextEntry, kubeconfig_paths, read_kubeconfig
from tutor.cluster.locality import MINIKUBE_PROVIDER, address_of, kind_of


def entry(name: str, server: str, cluster: str = "", provider: str = "") -> ContextEntry:
    return ContextEntry(name, server, "default", cluster or name, name, True, provider)


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        (entry("minikube", "https://192.168.49.2:8443"), "minikube"),
        (entry("minikube", "https://127.0.0.1:52341"), "minikube"),
        (entry("minikube", "https://[::1]:8443"), "minikube"),
        (entry("minikube", "https://control-plane.minikube.internal:8443"), "minikube"),
        (entry("course", "https://192.168.59.100:8443", provider=MINIKUBE_PROVIDER), "minikube"),
        (entry("course", "https://10.0.2.15:8443", provider=MINIKUBE_PROVIDER), "minikube"),
        (entry("kind-homics", "https://127.0.0.1:40123"), "kind"),
        (entry("k3d-homics", "https://0.0.0.0:6443"), "k3d"),
        (entry("docker-desktop", "https://kubernetes.docker.internal:6443"), "docker-desktop"),
        (entry("docker-for-desktop", "https://localhost:6443"), "docker-desktop"),
        # Only named so: the address has the last word.
        (entry("minikube", "https://10.20.30.40:6443"), "other"),
        (entry("minikube", "https://k8s.example.com"), "other"),
        (entry("minikube", "https://52.1.2.3:8443", provider=MINIKUBE_PROVIDER), "other"),
        (entry("kind-prod", "https://api.prod.example.com:6443"), "other"),
        (entry("docker-desktop", "https://192.168.1.10:6443"), "other"),
        (entry("minikube", "https://127.0.0.1.example.com:8443"), "other"),
        (entry("minikube", "not a url at all"), "other"),
        (entry("production", "https://127.0.0.1:6443"), "other"),
        (entry("my-minikube-prod", "https://192.168.49.2:8443"), "other"),
    ],
)
def test_the_kind_of_a_context(context: ContextEntry, kind: str) -> None:
    assert kind_of(context).kind == kind


def test_a_name_that_promises_too_much_is_explained() -> None:
    remark = kind_of(entry("minikube", "https://k8s.example.com")).remark
    assert "not on this machine" in remark
    assert "--context" in remark


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("https://192.168.49.2:8443", ("192.168.49.2", 8443)),
        ("https://example.com", ("example.com", 443)),
        ("http://localhost", ("localhost", 80)),
        ("192.168.49.2:8443", ("192.168.49.2", 8443)),
        ("https://host:port", ("", 0)),
        ("", ("", 443)),
    ],
)
def test_the_address_of_a_server(server: str, address: tuple[str, int]) -> None:
    assert address_of(server) == address


@pytest.mark.parametrize(
    ("kind", "named", "writable"),
    [*((kind, False, True) for kind in sorted(LOCAL_KINDS)), ("other", False, False), ("other", True, True)],
)
def test_nothing_but_a_local_or_named_context_is_written_to(kind: str, named: bool, writable: bool) -> None:
    assert Target("c", kind, "https://x", "default", "/k", named).writable is writable


# The choice.


def write(path: Path, contexts: dict[str, str], current: str = "") -> Path:
    path.write_text(
        json.dumps(
            {
                "current-context": current,
                "clusters": [{"name": name, "cluster": {"server": server}} for name, server in contexts.items()],
                "users": [{"name": name, "user": {}} for name in contexts],
                "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in contexts],
            }
        )
    )
    return path


def pick(
    path: Path, *, practice: Path | None = None, up: Callable[[str], bool] = lambda _: True, **more: Any
) -> Target:
    options: dict[str, Any] = {"context": None, "namespace": None, "practice": False, **more}
    return choose(str(path), options["context"], options["namespace"], options["practice"], practice, running=up)


MINIKUBE, KIND, PROD = "https://192.168.49.2:8443", "https://127.0.0.1:40123", "https://prod.example.com"


def test_minikube_comes_first_though_another_context_is_current(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"prod": PROD, "kind-x": KIND, "minikube": MINIKUBE}, "prod")
    assert pick(path).context == "minikube"
    assert pick(path, up=lambda server: server == KIND).context == "kind-x"


def test_the_current_context_comes_first_where_it_is_local(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"kind-x": KIND, "minikube": MINIKUBE}, "kind-x")
    assert pick(path).context == "kind-x"


def test_no_context_that_is_not_local_is_ever_chosen(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"prod": PROD, "minikube": "https://k8s.example.com"}, "prod")
    with pytest.raises(NoCluster) as error:
        pick(path)
    assert "not on this machine" in str(error.value)


def test_a_named_context_is_used_whatever_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"prod": PROD, "minikube": MINIKUBE}, "minikube")
    target = pick(path, context="prod", namespace="team")
    assert (target.context, target.kind, target.named, target.namespace) == ("prod", "other", True, "team")


def test_a_context_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"prod": PROD, "minikube": MINIKUBE})
    with pytest.raises(MissingContext, match=r"no context \"nope\".*minikube, prod"):
        pick(path, context="nope")


def test_without_a_running_cluster_the_practice_cluster_is_used_and_that_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"minikube": MINIKUBE}, "minikube")
    own = write(tmp_path / "practice", {"homics-practice": "https://127.0.0.1:17443"}, "homics-practice")
    target = pick(path, practice=own, up=lambda _: False)
    assert (target.kind, target.context) == ("practice", "homics-practice")
    assert MINIKUBE in target.note
    assert "practice cluster" in target.note
    with pytest.raises(NoCluster, match="homics-tutor cluster start"):
        pick(path, up=lambda _: False)


def test_the_practice_cluster_can_be_named_both_ways(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"minikube": MINIKUBE}, "minikube")
    own = write(tmp_path / "practice", {"homics-practice": "https://127.0.0.1:17443"}, "homics-practice")
    for chosen in (pick(path, practice=own, context="homics-practice"), choose(None, None, None, True, own)):
        assert (chosen.kind, chosen.kubeconfig) == ("practice", str(own))
    with pytest.raises(NoCluster, match="cluster start"):
        choose(None, None, None, True, tmp_path / "none")


# The files.


def test_the_kubeconfig_is_read_and_never_written(tmp_path: Path) -> None:
    path = write(tmp_path / "k", {"minikube": MINIKUBE}, "minikube")
    os.utime(path, ns=(1_000_000_000, 1_000_000_000))
    path.chmod(0o444)
    before = path.read_bytes()
    pick(path)
    pick(path, context="minikube")
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == 1_000_000_000
    assert [entry.name for entry in tmp_path.iterdir()] == ["k"], "nothing is put beside it either"


def test_several_files_are_one_and_the_first_that_names_something_wins(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"minikube": MINIKUBE}, "minikube")
    two = write(tmp_path / "two", {"minikube": PROD, "kind-x": KIND}, "kind-x")
    paths, must = kubeconfig_paths(
        None, {"KUBECONFIG": f"{one}{os.pathsep}{two}{os.pathsep}{tmp_path / 'none'}"}, tmp_path
    )
    config = read_kubeconfig(paths, must_exist=must)
    assert config.current == "minikube"
    assert config.contexts["minikube"].server == MINIKUBE
    assert config.contexts["kind-x"].server == KIND


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [b", "not valid YAML at line"),
        (b"just words", "holds no kubeconfig"),
        (b"\xff\xfe\x00\x01", "is not text"),
        (b"clusters: 3", "clusters must be a list"),
        (b"contexts: [{}]", "has no name"),
        (b"clusters: [{name: x, cluster: 7}]", "must hold fields"),
        (b"!!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_a_broken_kubeconfig_is_named_with_what_is_wrong(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "k"
    path.write_bytes(content)
    with pytest.raises(BrokenKubeconfig, match=said) as error:
        pick(path)
    assert str(path) in str(error.value)


def test_a_folder_a_missing_file_and_one_that_is_too_large_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BrokenKubeconfig, match="is a folder"):
        pick(tmp_path)
    with pytest.raises(BrokenKubeconfig, match="There is no kubeconfig"):
        pick(tmp_path / "none")
    large = tmp_path / "large"
    large.write_bytes(b"#" * 6_000_000)
    with pytest.raises(BrokenKubeconfig, match="too large"):
        pick(large)


def test_a_context_whose_cluster_is_missing_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.write_text(json.dumps({"contexts": [{"name": "minikube", "context": {"cluster": "gone"}}]}))
    with pytest.raises(BrokenKubeconfig, match='names the cluster "gone"'):
        pick(path, context="minikube")
    with pytest.raises(NoCluster, match='names the cluster "gone"'):
        pick(path)


def test_an_empty_kubeconfig_defines_no_cluster(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.write_bytes(b"")
    with pytest.raises(NoCluster, match="defines none"):
        pick(path)
