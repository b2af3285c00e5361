"""`kubectl rollout status|history|undo|restart` of Deployments."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tutor.cli.little_kubectl.ask import Ask, Named, address
from tutor.cli.little_kubectl.commands import ELSEWHERE
from tutor.cli.little_kubectl.describe_deployment import template_lines
from tutor.cli.little_kubectl.describing import Page
from tutor.cli.little_kubectl.errors import Failure
from tutor.cli.little_kubectl.replica_sets import HASH, owned, revision, same_template
from tutor.cli.little_kubectl.words import Asked

CAUSE = "kubernetes.io/change-cause"
LOOK = 0.25
"""Seconds between two looks at a rollout."""


async def run(ask: Ask, asked: Asked) -> int:
    what, names = (asked.arguments[0] if asked.arguments else ""), asked.arguments[1:]
    doing = {"status": _status, "history": _history, "undo": _undo, "restart": _restart}.get(what)
    if doing is None:
        raise Failure(f'error: "rollout {what}" is not in the built-in kubectl.\n{ELSEWHERE}')
    if not names:
        raise Failure("error: required resource not specified")
    for named in await ask.named(names):
        if named.resource.kind != "Deployment":
            raise Failure(f"error: the built-in kubectl knows the rollouts of Deployments.\n{ELSEWHERE}")
        if not named.name:
            raise Failure("error: resource(s) were provided, but no name was specified")
        await doing(ask, asked, named)
    return 0


async def _status(ask: Ask, asked: Asked, named: Named) -> None:
    until = ask.clock.now() + _seconds(asked.value("timeout")) if asked.value("timeout") else None
    said = ""
    while True:
        text, done = status_text(await ask.get(named.resource, named.name))
        if text != said:
            print(text, flush=True)
            said = text
        if done or "watch" in asked.off:
            return
        if until is not None and ask.clock.now() > until:
            raise Failure("error: timed out waiting for the condition")
        await ask.clock.sleep(LOOK)


def status_text(deployment: Mapping[str, Any]) -> tuple[str, bool]:
    """(kubectl's line, whether the rollout is over). Raises: `Failure` past the progress deadline.

    Source: k8s.io/kubectl/pkg/polymorphichelpers, DeploymentStatusViewer.
    """
    name, spec, status = deployment["metadata"]["name"], deployment["spec"], deployment.get("status") or {}
    if deployment["metadata"].get("generation", 0) > status.get("observedGeneration", 0):
        return "Waiting for deployment spec update to be observed...", False
    for condition in status.get("conditions") or []:
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            raise Failure(f'error: deployment "{name}" exceeded its progress deadline')
    head = f'Waiting for deployment "{name}" rollout to finish:'
    wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
    total, available = status.get("replicas", 0), status.get("availableReplicas", 0)
    if updated < wanted:
        return f"{head} {updated} out of {wanted} new replicas have been updated...", False
    if total > updated:
        return f"{head} {total - updated} old replicas are pending termination...", False
    if available < updated:
        return f"{head} {available} of {updated} updated replicas are available...", False
    return f'deployment "{name}" successfully rolled out', True


async def _history(ask: Ask, asked: Asked, named: Named) -> None:
    deployment = await ask.get(named.resource, named.name)
    found = {revision(one): one for one in await owned(ask, deployment)}
    wanted = asked.number("revision")
    if wanted:
        if wanted not in found:
            raise Failure("error: unable to find the specified revision")
        print(f"{address(named.resource, named.name)} with revision #{wanted}")
        page = Page()
        template_lines(page, found[wanted]["spec"]["template"])
        # Here kubectl's tabs stay tabs.
        sys.stdout.write(page.raw() + "\n")
        return
    print(f"{address(named.resource, named.name)} ")
    page = Page()
    page.line("REVISION\tCHANGE-CAUSE")
    for number in sorted(found):
        cause = (found[number]["metadata"].get("annotations") or {}).get(CAUSE) or "<none>"
        page.line(f"{number}\t{cause}")
    sys.stdout.write(page.text() + "\n")


async def _undo(ask: Ask, asked: Asked, named: Named) -> None:
    deployment = await ask.get(named.resource, named.name)
    found = {revision(one): one for one in await owned(ask, deployment)}
    wanted = asked.number("to-revision") or 0
    if wanted == 0:
        if len(found) < 2:
            raise Failure("error: no rollout history found for deployment " + f'"{named.name}"')
        wanted = sorted(found)[-2]
    if wanted not in found:
        raise Failure(f"error: unable to find specified revision {wanted} in history")
    template = json.loads(json.dumps(found[wanted]["spec"]["template"]))
    template.get("metadata", {}).get("labels", {}).pop(HASH, None)
    if same_template(template, deployment["spec"]["template"]):
        why = f"current template already matches revision {wanted}"
        print(f"{address(named.resource, named.name)} skipped rollback ({why})")
        return
    kept = {key: value for key, value in (deployment["metadata"].get("annotations") or {}).items() if key != CAUSE}
    cause = (found[wanted]["metadata"].get("annotations") or {}).get(CAUSE)
    patch = [
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "add", "path": "/metadata/annotations", "value": kept | ({CAUSE: cause} if cause else {})},
    ]
    await ask.call(
        "PATCH",
        ask.path(named.resource, named.name),
        body=json.dumps(patch).encode(),
        headers={"Content-Type": "application/json-patch+json"},
    )
    print(f"{address(named.resource, named.name)} rolled back")


async def _restart(ask: Ask, asked: Asked, named: Named) -> None:
    await ask.get(named.resource, named.name)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    patch = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": now}}}}}
    await ask.call(
        "PATCH",
        ask.path(named.resource, named.name),
        query={"fieldManager": "kubectl-rollout"},
        body=json.dumps(patch).encode(),
        headers={"Content-Type": "application/strategic-merge-patch+json"},
    )
    print(f"{address(named.resource, named.name)} restarted")


def _seconds(text: str) -> float:
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    try:
        return float(text[:-1]) * units[text[-1]] if text[-1] in units else float(text)
    except (ValueError, IndexError) as error:
        raise Failure(
            f'error: invalid argument "{text}" for "--timeout" flag: time: invalid duration "{text}"'
        ) from error
