"""The marketplace as the practice cluster runs it: every application, ready, behind the gateway's NodePort."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.practice.life.kube import call, get, until
from tutor.practice import life

# name → (image, Service's name, port, START_DELAY)
APPLICATIONS = {
    "gateway": ("homics/gateway:1.0.0", "gateway", 8080, "0s"),
    "db": ("oscarfonts/h2:1.4.197", "homics-db", 1521, "0s"),
    "user": ("homics/user-activity:1.0.0", "user", 9001, "2s"),
    "monolith": ("homics/monolith:1.0.0", "monolith", 8090, "0s"),
    "stats": ("homics/stats:1.0.0", "stats", 9002, "0s"),
    "stock": ("homics/stock:1.0.0", "stock", 9003, "0s"),
    "kafka": ("wurstmeister/kafka:1.0.0", "kafka", 9092, "0s"),
    "zookeeper": ("wurstmeister/zookeeper", "zookeeper", 2181, "0s"),
}
KAFKA = {
    "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://kafka:9092",
    "KAFKA_ADVERTISED_HOST_NAME": "kafka",
    "KAFKA_ZOOKEEPER_CONNECT": "zookeeper:2181",
}


def objects(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(Deployment, Service)."""
    image, service, port, delay = APPLICATIONS[name]
    variables = {"START_DELAY": delay, **(KAFKA if name == "kafka" else {})}
    probe = {"tcpSocket": {"port": port}, "periodSeconds": 1}
    container = {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "readinessProbe": probe,
    }
    labels = {"app": name}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
    kind = "NodePort" if name == "gateway" else "ClusterIP"
    entry = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": service}}
    return deployment, {**entry, "spec": {"type": kind, "selector": labels, "ports": [{"port": port}]}}


class Site:
    """`host` is the gateway's address as a browser has it: 127.0.0.1:NODEPORT."""

    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        self.port = port
        service = get(state, port, "/api/v1/namespaces/default/services/gateway")
        self.host = f"127.0.0.1:{service['spec']['ports'][0]['nodePort']}"
        self.url = f"http://{self.host}"

    def ask(
        self, method: str, path: str, body: Any = None, *, cookie: str = "", html: bool = False, form: str = ""
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """(status, headers, body's text)."""
        headers = {"Accept": "text/html" if html else "application/json"}
        if cookie:
            headers["Cookie"] = cookie
        data = form or (json.dumps(body) if body is not None else None)
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        connection = http.client.HTTPConnection(self.host, timeout=15)
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()

    def log_in(self, name: str = "nico") -> str:
        """The session's cookie; waits for the user service, which a test before may have crashed."""
        found: list[str] = []

        def logged_in() -> bool:
            form = f"username={name}&password={name}"
            status, headers, _ = self.ask("POST", "/perform_login", form=form)
            if status == 200:
                found.append(str(headers["Set-Cookie"]).split(";")[0])
            return status == 200

        until(logged_in, "user takes the login")
        return found[0]

    def logs(self, deployment: str) -> str:
        pods = get(self.state, self.port, f"/api/v1/namespaces/default/pods?labelSelector=app%3D{deployment}")["items"]
        token = (self.state / "token").read_text().strip()
        import ssl

        context = ssl.create_default_context(cafile=str(self.state / "certificates" / "ca.crt"))
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=15, context=context)
        try:
            path = f"/api/v1/namespaces/default/pods/{pods[0]['metadata']['name']}/log"
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            return connection.getresponse().read().decode()
        finally:
            connection.close()


@contextmanager
def opened(state: Path) -> Iterator[Site]:
    port = life.start(state, 0).port
    try:
        for name in APPLICATIONS:
            deployment, service = objects(name)
            path = "/apis/apps/v1/namespaces/default/deployments"
            assert call(state, port, "POST", path, deployment)[0] == 201
            assert call(state, port, "POST", "/api/v1/namespaces/default/services", service)[0] == 201

        def ready() -> bool:
            found = get(state, port, "/apis/apps/v1/namespaces/default/deployments")["items"]
            return all(deployment["status"].get("availableReplicas") for deployment in found)

        until(ready, "every application is ready")
        yield Site(state, port)
    finally:
        life.stop(state)
