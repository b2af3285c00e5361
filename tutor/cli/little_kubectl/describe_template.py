"""Containers and what surrounds them, as `kubectl describe` writes them for pods and for pod templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.cli.little_kubectl.describing import Page, moment
from tutor.kube.probes import describe as probe_text
from tutor.kube.probes import effective_probe


def containers(
    page: Page,
    title: str,
    entries: Sequence[Mapping[str, Any]],
    statuses: Sequence[Mapping[str, Any]] | None,
    level: int,
) -> None:
    """`statuses` None: a template, which has no state."""
    by_name = {status["name"]: status for status in statuses or []}
    page.line(f"{title}:", level)
    for entry in entries:
        page.line(
            f" {entry['name']}:" if statuses is None else f"{entry['name']}:", level if statuses is None else level + 1
        )
        _container(
            page, entry, by_name.get(entry["name"], {}), level + 1 if statuses is None else level + 2, statuses is None
        )


def _container(page: Page, entry: Mapping[str, Any], status: Mapping[str, Any], level: int, template: bool) -> None:
    if not template:
        page.line(f"Container ID:\t{status.get('containerID', '')}", level)
    page.line(f"Image:\t{entry.get('image', '')}", level)
    if not template:
        page.line(f"Image ID:\t{status.get('imageID', '')}", level)
    _ports(page, entry.get("ports") or [], level)
    for key, word in (("command", "Command"), ("args", "Args")):
        if entry.get(key):
            page.line(f"{word}:", level)
            for part in entry[key]:
                for line in str(part).split("\n"):
                    page.line(line, level + 1)
    if not template:
        _state(page, "State", status.get("state") or {}, level)
        if (status.get("lastState") or {}).get("terminated"):
            _state(page, "Last State", status["lastState"], level)
        page.line(f"Ready:\t{'True' if status.get('ready') else 'False'}", level)
        page.line(f"Restart Count:\t{status.get('restartCount', 0)}", level)
    resources = entry.get("resources") or {}
    for key in ("limits", "requests"):
        if resources.get(key):
            page.line(f"{key.capitalize()}:", level)
            for name, quantity in sorted(resources[key].items()):
                page.line(f"{name}:\t{quantity}", level + 1)
    for key, word in (("livenessProbe", "Liveness"), ("readinessProbe", "Readiness"), ("startupProbe", "Startup")):
        if entry.get(key):
            page.line(f"{word}:\t{probe_text(effective_probe(entry[key]))}", level)
    _environment(page, entry, level)
    mounts = entry.get("volumeMounts") or []
    page.line("Mounts:" + ("" if mounts else "\t<none>"), level)
    for mount in sorted(mounts, key=lambda one: str(one["mountPath"])):
        flags = ["ro" if mount.get("readOnly") else "rw"]
        if mount.get("subPath"):
            flags.append(f'path="{mount["subPath"]}"')
        page.line(f"{mount['mountPath']} from {mount['name']} ({','.join(flags)})", level + 1)


def _ports(page: Page, ports: Sequence[Mapping[str, Any]], level: int) -> None:
    inside = ", ".join(
        f"{_named(port)}{port['containerPort']}/{port.get('protocol', 'TCP')}{_end(port)}" for port in ports
    )
    outside = ", ".join(
        f"{_named(port)}{port.get('hostPort', 0)}/{port.get('protocol', 'TCP')}{_end(port)}" for port in ports
    )
    word = "Ports" if len(ports) > 1 else "Port"
    page.line(f"{word}:\t{inside or '<none>'}", level)
    page.line(f"Host {word}:\t{outside or '<none>'}", level)


def _named(_port: Mapping[str, Any]) -> str:
    return ""


def _end(port: Mapping[str, Any]) -> str:
    return f" ({port['name']})" if port.get("name") else ""


def _state(page: Page, title: str, state: Mapping[str, Any], level: int) -> None:
    if (running := state.get("running")) is not None:
        page.line(f"{title}:\tRunning", level)
        page.line(f"Started:\t{moment(running['startedAt'])}", level + 1)
    elif (ended := state.get("terminated")) is not None:
        page.line(f"{title}:\tTerminated", level)
        if ended.get("reason"):
            page.line(f"Reason:\t{ended['reason']}", level + 1)
        if ended.get("message"):
            page.line(f"Message:\t{ended['message']}", level + 1)
        page.line(f"Exit Code:\t{ended.get('exitCode', 0)}", level + 1)
        if ended.get("signal"):
            page.line(f"Signal:\t{ended['signal']}", level + 1)
        page.line(f"Started:\t{_when(ended.get('startedAt'))}", level + 1)
        page.line(f"Finished:\t{_when(ended.get('finishedAt'))}", level + 1)
    else:
        page.line(f"{title}:\tWaiting", level)
        waiting = state.get("waiting") or {}
        if waiting.get("reason"):
            page.line(f"Reason:\t{waiting['reason']}", level + 1)


def _when(text: str | None) -> str:
    return moment(text) if text else "Mon, 01 Jan 0001 00:00:00 +0000"


def _environment(page: Page, entry: Mapping[str, Any], level: int) -> None:
    variables, sources = entry.get("env") or [], entry.get("envFrom") or []
    if sources:
        page.line("Environment Variables from:", level)
        for source in sources:
            for key, word in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if source.get(key):
                    name, optional = source[key].get("name", ""), str(bool(source[key].get("optional"))).lower()
                    prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
                    page.line(f"{name}\t{word}{prefix}\tOptional: {optional}", level + 1)
    page.line("Environment:" + ("" if variables else "\t<none>"), level)
    for variable in variables:
        source = variable.get("valueFrom") or {}
        if not source:
            first, *rest = str(variable.get("value", "")).split("\n")
            page.line(f"{variable['name']}:\t{first}", level + 1)
            for line in rest:
                page.line(f"\t{line}", level + 1)
        elif ref := source.get("fieldRef"):
            page.line(f"{variable['name']}:\t ({ref.get('apiVersion', 'v1')}:{ref.get('fieldPath')})", level + 1)
        elif ref := source.get("secretKeyRef"):
            text = f"<set to the key '{ref['key']}' in secret '{ref.get('name', '')}'>"
            page.line(f"{variable['name']}:\t{text}\tOptional: {str(bool(ref.get('optional'))).lower()}", level + 1)
        elif ref := source.get("configMapKeyRef"):
            text = f"<set to the key '{ref['key']}' of config map '{ref.get('name', '')}'>"
            page.line(f"{variable['name']}:\t{text}\tOptional: {str(bool(ref.get('optional'))).lower()}", level + 1)
        elif ref := source.get("resourceFieldRef"):
            page.line(f"{variable['name']}:\t{ref.get('resource', '')}", level + 1)


def volumes(page: Page, entries: Sequence[Mapping[str, Any]], level: int) -> None:
    page.line("Volumes:" + ("" if entries else "\t<none>"), level)
    for volume in entries:
        page.line(f"{volume['name']}:", level + 1)
        _volume(page, volume, level + 2)


def _volume(page: Page, volume: Mapping[str, Any], level: int) -> None:
    if (empty := volume.get("emptyDir")) is not None:
        page.line("Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)", level)
        page.line(f"Medium:\t{empty.get('medium', '')}", level)
        page.line(f"SizeLimit:\t{empty.get('sizeLimit') or '<unset>'}", level)
    elif (config := volume.get("configMap")) is not None:
        page.line("Type:\tConfigMap (a volume populated by a ConfigMap)", level)
        page.line(f"Name:\t{config.get('name', '')}", level)
        page.line(f"Optional:\t{str(bool(config.get('optional'))).lower()}", level)
    elif (secret := volume.get("secret")) is not None:
        page.line("Type:\tSecret (a volume populated by a Secret)", level)
        page.line(f"SecretName:\t{secret.get('secretName', '')}", level)
        page.line(f"Optional:\t{str(bool(secret.get('optional'))).lower()}", level)
    elif (host := volume.get("hostPath")) is not None:
        page.line("Type:\tHostPath (bare host directory volume)", level)
        page.line(f"Path:\t{host.get('path', '')}", level)
        page.line(f"HostPathType:\t{host.get('type', '')}", level)
    elif (projected := volume.get("projected")) is not None:
        page.line("Type:\tProjected (a volume that contains injected data from multiple sources)", level)
        for source in projected.get("sources") or []:
            if "serviceAccountToken" in source:
                page.line(f"TokenExpirationSeconds:\t{source['serviceAccountToken'].get('expirationSeconds')}", level)
            elif "configMap" in source:
                page.line(f"ConfigMapName:\t{source['configMap'].get('name', '')}", level)
                page.line(f"Optional:\t{str(bool(source['configMap'].get('optional'))).lower()}", level)
            elif "downwardAPI" in source:
                page.line("DownwardAPI:\ttrue", level)
            elif "secret" in source:
                page.line(f"SecretName:\t{source['secret'].get('name', '')}", level)
                page.line(f"Optional:\t{str(bool(source['secret'].get('optional'))).lower()}", level)
    elif (claim := volume.get("persistentVolumeClaim")) is not None:
        page.line("Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", level)
        page.line(f"ClaimName:\t{claim.get('claimName', '')}", level)
        page.line(f"ReadOnly:\t{str(bool(claim.get('readOnly'))).lower()}", level)
    else:
        page.line("Type:\t<unknown to the built-in kubectl>", level)


def tolerations(page: Page, entries: Sequence[Mapping[str, Any]], level: int = 0) -> None:
    texts = sorted(_toleration(one) for one in entries)
    page.line(f"Tolerations:\t{texts[0] if texts else '<none>'}", level)
    for text in texts[1:]:
        page.line(f"\t{text}", level)


def _toleration(one: Mapping[str, Any]) -> str:
    text = str(one.get("key") or "")
    if one.get("value"):
        text += f"={one['value']}"
    if one.get("effect"):
        text += f":{one['effect']}"
    if one.get("operator") == "Exists" and not one.get("value"):
        text += " op=Exists" if one.get("key") or one.get("effect") else "op=Exists"
    if one.get("tolerationSeconds") is not None:
        text += f" for {one['tolerationSeconds']}s"
    return text
