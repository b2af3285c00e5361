"""Record what the real kubectl prints and what the built-in one asks and is answered, for tests/cli/little_kubectl.

Needs a real cluster (KUBECONFIG) and a kubectl of the same version. Each case runs both, one after the other, until
neither an age nor a state changed between them; then the answers of the API server are kept with kubectl's output.

    python scripts/record_kubectl.py [NAME …]
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor.cli.little_kubectl.commands import obey
from tutor.cli.little_kubectl.errors import Failure
from tutor.cluster.api import Answer, Target
from tutor.cluster.connect import choose
from tutor.cluster.wire import Wire, open_wire

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "cli" / "little_kubectl" / "data"
NAMESPACE = "recorded"
FILES = "tests/cli/little_kubectl/files"
TRIES = 12
SHOP = [
    "solutions/01-gateway-deployment/kube/gateway/deployment.yaml",
    "starter/kube/database/deployment.yaml",
    "solutions/03-user-database/kube/user/service.yaml",
    "solutions/06-readiness/kube/user/deployment.yaml",
]


@dataclass(frozen=True)
class Case:
    name: str
    words: str
    before: list[str] = field(default_factory=list)
    """kubectl commands that run before each of the two."""


APPLY_SHOP = ["apply " + " ".join(f"-f {file}" for file in SHOP)]
CASES = [
    Case("get-pod", "get pod"),
    Case("get-pod-wide", "get pods -o wide"),
    Case("get-pod-name", "get po -o name"),
    Case("get-pod-labels", "get pod --show-labels -l app=user"),
    Case("get-pod-everywhere", "get pod -A -l app=gateway"),
    Case("get-pod-none", "get pod -l app=none"),
    Case("get-pod-no-headers", "get pod --no-headers"),
    Case("get-deploy", "get deploy"),
    Case("get-deploy-wide", "get deployments.apps -o wide"),
    Case("get-deploy-yaml", "get deploy user-deployment -o yaml"),
    Case("get-deploy-json", "get deployment/user-deployment -o json"),
    Case("get-service", "get service"),
    Case("get-service-yaml", "get svc -o yaml"),
    Case("get-several", "get svc/user deploy/gateway-deployment"),
    Case("get-all", "get all"),
    Case("get-events", "get events --field-selector reason=ScalingReplicaSet"),
    Case("get-endpoints", "get endpoints"),
    Case("get-file", f"get -f {SHOP[2]}"),
    Case("get-missing", "get pod nope"),
    Case("get-some-missing", "get svc user nope"),
    Case("get-unknown", "get foo"),
    Case("get-elsewhere", "get pod -n nonexistent"),
    Case("get-discovered", "get jobs"),
    Case("describe-service", "describe service user"),
    Case("describe-deploy", "describe deploy user-deployment"),
    Case("describe-pod", "describe pod -l app=user"),
    Case("describe-missing", "describe pod nope"),
    Case("logs", "logs deploy/gateway-deployment --tail=2"),
    Case("logs-missing", "logs nope"),
    Case("logs-previous", "logs --previous deploy/gateway-deployment"),
    Case("apply-created", f"apply -f {SHOP[0]}", ["delete deploy gateway-deployment --ignore-not-found"]),
    Case("apply-unchanged", f"apply -f {SHOP[0]} -f {SHOP[2]}", APPLY_SHOP),
    Case("apply-configured", f"apply -f {FILES}/two-replicas.yaml", APPLY_SHOP),
    Case("apply-folder", f"apply -f {FILES}/folder", APPLY_SHOP),
    Case("apply-dry-run", f"apply -f {FILES}/two-replicas.yaml --dry-run=server", APPLY_SHOP),
    Case("apply-unknown-field", f"apply -f {FILES}/unknown-field.yaml"),
    Case("apply-unknown-field-update", f"apply -f {FILES}/unknown-field-update.yaml", APPLY_SHOP),
    Case("apply-invalid", f"apply -f {FILES}/invalid.yaml", APPLY_SHOP),
    Case("apply-two-causes", f"apply -f {FILES}/two-causes.yaml"),
    Case("apply-no-kind", f"apply -f {FILES}/no-kind.yaml"),
    Case("apply-wrong-kind", f"apply -f {FILES}/wrong-kind.yaml"),
    Case("apply-no-object", f"apply -f {FILES}/no-object.yaml"),
    Case("apply-a-list", f"apply -f {FILES}/a-list.yaml"),
    Case("apply-missing", f"apply -f {FILES}/missing.yaml"),
    Case("apply-other-namespace", f"apply -f {FILES}/other-namespace.yaml"),
    Case("delete", "delete service user", APPLY_SHOP),
    Case("delete-file", f"delete -f {SHOP[2]}", APPLY_SHOP),
    Case("delete-missing", "delete deploy nope"),
    Case("delete-missing-file", f"delete -f {FILES}/unknown-field.yaml"),
    Case("set-image", "set image deployments/user-deployment user=homics/user-activity:2.0.0", APPLY_SHOP),
    Case("set-image-same", "set image deployments/user-deployment user=homics/user-activity:1.0.0", APPLY_SHOP),
    Case("set-image-container", "set image deploy/user-deployment usr=x:1"),
    Case("scale", "scale deployment gateway-deployment --replicas=1"),
    Case("scale-missing", "scale deploy nope --replicas=2"),
    Case("rollout-status", "rollout status deployment/gateway-deployment"),
    Case("rollout-history", "rollout history deployment/user-deployment"),
    Case("rollout-history-revision", "rollout history deployment/gateway-deployment --revision=1"),
    Case("rollout-undo-same", "rollout undo deployment/user-deployment --to-revision=1",
         ["rollout undo deployment/user-deployment --to-revision=1"]),
    Case("create-namespace-taken", "create namespace default"),
]  # fmt: skip


class Recorder:
    """A wire that keeps what went over it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.exchanges: list[dict[str, Any]] = []

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        answer = await self._wire.call(method, path, **options)
        body = options.get("body")
        self.exchanges.append(
            {
                "method": method,
                "path": path,
                "query": {key: str(value) for key, value in (options.get("query") or {}).items()},
                "sent": json.loads(body) if body else None,
                "status": answer.status,
                "warning": answer.headers.get("warning", ""),
                "answer": _slim(answer.body),
            }
        )
        return answer

    async def close(self) -> None:
        await self._wire.close()


GROUPS = {"", "apps", "batch", "autoscaling"}
"""Of the server's discovery, those that a case needs."""
LEFT_OUT = {"managedFields", "description", "verbs", "subresources"}


def _slim(body: bytes) -> Any:
    """The answer without what nobody reads: field managers, descriptions of columns, most of the discovery."""
    try:
        value = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    if isinstance(value, dict) and value.get("kind") == "APIGroupDiscoveryList":
        value["items"] = [item for item in value["items"] if (item.get("metadata") or {}).get("name", "") in GROUPS]
    return _without(value)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key not in LEFT_OUT}
    return [_without(inner) for inner in value] if isinstance(value, list) else value


def kubectl(words: str) -> subprocess.CompletedProcess[str]:
    command = ["kubectl", "-n", NAMESPACE, *words.split()]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)


def builtin(target: Target, words: str) -> tuple[str, str, int, list[dict[str, Any]], float]:
    out, err = io.StringIO(), io.StringIO()
    kept: list[Recorder] = []
    now = time.time()

    async def opener(chosen: Target) -> Any:
        kept.append(Recorder(await open_wire(chosen)))
        return kept[0]

    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = asyncio.run(obey(target, words.split(), opener))
        except Failure as failure:
            print(failure, file=sys.stderr)
            code = failure.code
    return out.getvalue(), err.getvalue(), code, kept[0].exchanges if kept else [], now


def record(target: Target, case: Case) -> bool:
    for _ in range(TRIES):
        for words in case.before:
            kubectl(words)
        real = kubectl(case.words)
        for words in case.before:
            kubectl(words)
        out, err, code, exchanges, now = builtin(target, case.words)
        if (out, err, code) == (real.stdout, real.stderr, real.returncode):
            kept = {
                "words": case.words,
                "now": now,
                "stdout": real.stdout,
                "stderr": real.stderr,
                "code": real.returncode,
                "exchanges": exchanges,
            }
            DATA.mkdir(parents=True, exist_ok=True)
            text = lines(kept)
            (DATA / f"{case.name}.json").write_text(text + "\n", encoding="utf-8")
            return True
        time.sleep(1)
    print(f"--- {case.name}: kubectl {case.words}\n{real.stdout}{real.stderr}({real.returncode})", file=sys.stderr)
    print(f"--- the built-in one\n{out}{err}({code})", file=sys.stderr)
    return False


def lines(kept: dict[str, Any]) -> str:
    """JSON with one line an exchange: short, and a change of one is a change of one line."""
    exchanges = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in kept.pop("exchanges"))
    head = json.dumps(kept, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{head},\n "exchanges": [\n  {exchanges}\n ]\n}}' if exchanges else f'{head},\n "exchanges": []\n}}'


def main() -> int:
    wanted = set(sys.argv[1:])
    target = choose(None, None, NAMESPACE, False, None)
    if not wanted:
        kubectl(f"delete namespace {NAMESPACE} --ignore-not-found")
        subprocess.run(["kubectl", "create", "namespace", NAMESPACE], check=True)
        kubectl(APPLY_SHOP[0])
        kubectl("apply -f starter/kube/database/service.yaml")
        kubectl("rollout status deployment/user-deployment")
        time.sleep(75)  # ages are then told in steps of ten seconds and more
    cases = [case for case in CASES if not wanted or case.name in wanted]
    failed = [case.name for case in cases if not record(target, case)]
    version = json.loads(kubectl("version -o json").stdout)
    (DATA / "version.txt").write_text(
        f"kubectl {version['clientVersion']['gitVersion']}, Kubernetes {version['serverVersion']['gitVersion']}\n"
    )
    print(f"{len(cases) - len(failed)} of {len(cases)} recorded; differing: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
