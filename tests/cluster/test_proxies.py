"""The proxy of the environment, and a .netrc that is not for Kubernetes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.fake_api import FakeApi
from tests.fakes import FakeClock
from tutor.cluster.api import Target
from tutor.cluster.client import open_cluster
from tutor.cluster.proxies import proxy_for

PROXY = "http://proxy.example.com:3128"
MINIKUBE = "https://192.168.49.2:8443"


@pytest.mark.parametrize(
    ("server", "environment", "proxy"),
    [
        (MINIKUBE, {}, ""),
        (MINIKUBE, {"HTTPS_PROXY": PROXY}, PROXY),
        (MINIKUBE, {"https_proxy": PROXY}, PROXY),
        (MINIKUBE, {"HTTPS_PROXY": "proxy.example.com:3128"}, PROXY),
        (MINIKUBE, {"HTTP_PROXY": PROXY}, ""),
        ("http://192.168.49.2:8080", {"HTTP_PROXY": PROXY}, PROXY),
        ("https://127.0.0.1:26443", {"HTTPS_PROXY": PROXY}, ""),
        ("https://127.8.8.8:26443", {"HTTPS_PROXY": PROXY}, ""),
        ("https://localhost:26443", {"HTTPS_PROXY": PROXY}, ""),
        ("https://[::1]:26443", {"HTTPS_PROXY": PROXY}, ""),
        (MINIKUBE, {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, ""),
        (MINIKUBE, {"HTTPS_PROXY": PROXY, "NO_PROXY": "10.0.0.0/8, 192.168.49.0/24"}, ""),
        (MINIKUBE, {"HTTPS_PROXY": PROXY, "NO_PROXY": "192.168.50.0/24,10.0.0.0/99"}, PROXY),
        (MINIKUBE, {"HTTPS_PROXY": PROXY, "no_proxy": "192.168.49.2"}, ""),
        (MINIKUBE, {"HTTPS_PROXY": PROXY, "NO_PROXY": "192.168.49.2:8443"}, ""),
        (MINIKUBE, {"HTTPS_PROXY": PROXY, "NO_PROXY": "192.168.49.2:443"}, PROXY),
        ("https://[fd00::2]:8443", {"HTTPS_PROXY": PROXY, "NO_PROXY": "[fd00::2]:8443"}, ""),
        ("https://[fd00::2]:8443", {"HTTPS_PROXY": PROXY, "NO_PROXY": "fd00::2"}, ""),
        ("https://k8s.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com:443"}, ""),
        ("https://k8s.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "EXAMPLE.com"}, ""),
        ("https://k8s.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "ample.com"}, PROXY),
        ("https://example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com"}, PROXY),
        ("https://k8s.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com"}, ""),
        ("https://k8s.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*.example.com"}, ""),
        ("https://k8s.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": ":443,,192.168.49.2"}, PROXY),
    ],
)
def test_the_proxy_is_the_one_that_kubectl_takes(server: str, environment: dict[str, str], proxy: str) -> None:
    assert proxy_for(server, environment) == proxy


async def test_a_cluster_on_this_machine_is_asked_directly(
    api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    target = Target("minikube", "minikube", api.url, "default", str(api.kubeconfig(tmp_path)))
    cluster = await open_cluster(target, FakeClock())
    assert await cluster.version()
    await cluster.close()


async def test_a_netrc_with_an_entry_for_all_hosts_is_not_for_the_api_server(
    api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login anonymous password me\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    target = Target("minikube", "minikube", api.url, "default", str(api.kubeconfig(tmp_path)))
    cluster = await open_cluster(target, FakeClock())
    assert await cluster.version()
    await cluster.close()
