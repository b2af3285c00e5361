"""A learner's objects beside the reference: what matters, what does not, and where each difference stands."""

from __future__ import annotations

import pytest

from tutor.core.comparing.comparison import ComparedObject, Pairing, compare_objects
from tutor.core.manifest import Document, parse_manifest

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: user-deployment
spec:
  replicas: 2
  selector:
    matchLabels:
      app: user
  template:
    metadata:
      labels:
        app: user
    spec:
      containers:
        - name: user
          image: homics/user-activity:1.0.0
          ports:
            - containerPort: 9001
          env:
            - name: A
              value: "1"
          readinessProbe:
            httpGet:
              path: /user/internal/version
              port: 9001
            periodSeconds: 3
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: user
spec:
  selector:
    app: user
  ports:
    - port: 9001
      targetPort: 9001
"""
FILE = "kube/user/deployment.yaml"


CONTAINER = "spec.template.spec.containers[user]"
IN_SELECTOR = ("matchLabels:\n      app: user", "matchLabels:\n      role: api")
IN_TEMPLATE = ("labels:\n        app: user", "labels:\n        role: api")
NAMED_PORT = ("- containerPort: 9001", "- containerPort: 9001\n              name: http")
FROM_MAP = ('value: "1"', "valueFrom:\n                configMapKeyRef: {name: c, key: a}")
MORE_ENV = ('value: "1"', 'value: "1"\n            - name: B\n              value: b')


def documents(text: str, file: str = FILE) -> list[Document]:
    parsed = parse_manifest(file, text.encode())
    assert parsed.findings == ()
    return list(parsed.documents)


def compared(text: str, reference: str = DEPLOYMENT) -> ComparedObject:
    (only,) = compare_objects(documents(reference), documents(text), [FILE])
    return only


def changed(*changes: tuple[str, str]) -> str:
    text = DEPLOYMENT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("homics/user-activity:1.0.0", "docker.io/homics/user-activity:1.0.0"),
        ("homics/user-activity:1.0.0", '"homics/user-activity:1.0.0"'),
        ("- containerPort: 9001", "- containerPort: 9001\n              protocol: TCP"),
        ("port: 9001\n            periodSeconds", "port: 9001\n              scheme: HTTP\n            periodSeconds"),
        ("periodSeconds: 3", "periodSeconds: 3\n            timeoutSeconds: 1"),
        ("replicas: 2", "replicas: 2\n  strategy:\n    type: RollingUpdate\n  revisionHistoryLimit: 10"),
        (
            "ports:\n            - containerPort: 9001\n",
            "imagePullPolicy: IfNotPresent\n          ports: [{containerPort: 9001}]\n",
        ),
        ("      containers:", "      restartPolicy: Always\n      containers:"),
    ],
)
def test_what_the_api_server_would_fill_in_is_no_difference(old: str, new: str) -> None:
    assert compared(changed((old, new))).differences == ()
    assert compared(changed((old, new))).pairing is Pairing.SAME


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ([("replicas: 2", "replicas: 5")], "spec.replicas"),
        ([("periodSeconds: 3", "periodSeconds: 1")], f"{CONTAINER}.readinessProbe.periodSeconds"),
        ([("            periodSeconds: 3\n", "")], f"{CONTAINER}.readinessProbe.periodSeconds"),
        ([("  name: user-deployment", "  name: user-deployment\n  labels: {team: a}")], "metadata.labels"),
        ([IN_SELECTOR, IN_TEMPLATE], "spec.selector.matchLabels.app"),
        ([FROM_MAP], f"{CONTAINER}.env[A].value"),
        ([MORE_ENV], f"{CONTAINER}.env[B]"),
        (
            [NAMED_PORT, ("port: 9001\n            period", "port: http\n            period")],
            f"{CONTAINER}.ports[9001].name",
        ),
        (
            [("          env:", "          resources:\n            requests: {cpu: 100m}\n          env:")],
            f"{CONTAINER}.resources",
        ),
    ],
)
def test_a_difference_that_does_not_matter_says_why(changes: list[tuple[str, str]], path: str) -> None:
    found = compared(changed(*changes))
    assert found.pairing is Pairing.AS_GOOD
    assert found.differences[0].path == path
    assert all(d.why and not d.matters for d in found.differences)


@pytest.mark.parametrize(
    ("old", "new", "path", "reference", "learner", "line"),
    [
        ("replicas: 2", "replicas: 1", "spec.replicas", "2", "1", 6),
        (
            "homics/user-activity:1.0.0",
            "homics/user-activity:1.0",
            f"{CONTAINER}.image",
            "homics/user-activity:1.0.0",
            "homics/user-activity:1.0",
            17,
        ),
        ("- name: user\n", "- name: usr\n", f"{CONTAINER}.name", "user", "usr", 16),
        ("readinessProbe", "livenessProbe", f"{CONTAINER}.readinessProbe", None, "", 16),
        (
            "matchLabels:\n      app: user",
            "matchLabels:\n      app: usr",
            "spec.selector.matchLabels.app",
            "user",
            "usr",
            9,
        ),
        ('value: "1"', 'value: "2"', f"{CONTAINER}.env[A].value", "1", "2", 22),
        ('              value: "1"\n', "", f"{CONTAINER}.env[A].value", "1", "", 21),
        ("name: user-deployment", "name: users", "metadata.name", "user-deployment", "users", 4),
    ],
)
def test_a_difference_that_matters_stands_at_its_line(
    old: str, new: str, path: str, reference: str | None, learner: str, line: int
) -> None:
    found = compared(changed((old, new)))
    assert found.pairing is Pairing.DIFFERS
    first = next(d for d in found.differences if d.matters)
    assert (first.path, first.learner, first.learner_line) == (path, learner, line)
    assert reference is None or first.reference == reference


def test_the_order_of_lists_and_keys_is_no_difference() -> None:
    two = DEPLOYMENT.replace('value: "1"', 'value: "1"\n            - name: B\n              value: b')
    swapped = DEPLOYMENT.replace(
        '- name: A\n              value: "1"', '- {value: b, name: B}\n            - {value: "1", name: A}'
    )
    (only,) = compare_objects(documents(two), documents(swapped))
    assert only.pairing is Pairing.SAME


def test_a_service_may_name_its_target_port_and_use_other_labels() -> None:
    reference = [*documents(DEPLOYMENT), *documents(SERVICE, "kube/user/service.yaml")]
    own = changed(IN_SELECTOR, IN_TEMPLATE, NAMED_PORT)
    service = SERVICE.replace("app: user", "role: api").replace("targetPort: 9001", "targetPort: http")
    found = compare_objects(reference, documents(f"{own}---\n{service}"), [FILE])
    assert [one.pairing for one in found] == [Pairing.AS_GOOD, Pairing.AS_GOOD]
    # The same Service where no template has the label is another matter.
    lost = compare_objects(reference, [*documents(DEPLOYMENT), *documents(service)], [FILE])
    assert [one.pairing for one in lost] == [Pairing.SAME, Pairing.DIFFERS]
    assert "No pod template" in next(d.why for d in lost[1].differences if d.matters)


def test_an_older_autoscaler_is_the_same_one() -> None:
    new = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: user}
spec:
  maxReplicas: 5
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
"""
    old = """\
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: user}
spec:
  maxReplicas: 7
  targetCPUUtilizationPercentage: 50
"""
    found = compared(old, new)
    assert [(d.path, d.matters) for d in found.differences] == [("spec.maxReplicas", False)]


def test_what_is_missing_and_what_is_more_is_told() -> None:
    reference = [*documents(DEPLOYMENT), *documents(SERVICE, "kube/user/service.yaml")]
    found = compare_objects(
        reference, documents(DEPLOYMENT + "---\n" + SERVICE.replace("Service", "ConfigMap")), [FILE]
    )
    assert [(one.kind, one.pairing) for one in found] == [
        ("Deployment", Pairing.SAME),
        ("Service", Pairing.MISSING),
        ("ConfigMap", Pairing.EXTRA),
    ]
    assert found[2].learner_line == 29


def test_a_file_that_holds_something_else_compares_without_falling_over() -> None:
    for text in ("kind: Deployment\nmetadata: {name: user-deployment}\nspec: [1]\n", "- 1\n- 2\n", "text\n"):
        found = compare_objects(documents(DEPLOYMENT), documents(text), [FILE])
        assert found[0].pairing in (Pairing.DIFFERS, Pairing.MISSING)
