"""A container's virtual file system: what `cat` and `ls` show. Texts by absolute path; nothing of the host is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.practice.kubelet.environment import ConfigError, data_of, field_value
from tutor.practice.proxy.network import Objects

_TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"


def container_files(
    pod: Mapping[str, Any], container: Mapping[str, Any], objects: Objects, *, address: str, host_address: str
) -> dict[str, str]:
    """Raises: `ConfigError` where a volume cannot be mounted (see `missing_volumes`)."""
    namespace = str(pod["metadata"]["namespace"])
    hostname = str(pod["spec"].get("hostname") or pod["metadata"]["name"])
    files = {
        "/etc/hostname": f"{hostname}\n",
        "/etc/hosts": "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n" + f"{address}\t{hostname}\n",
        "/etc/resolv.conf": f"search {namespace}.svc.cluster.local svc.cluster.local cluster.local\n"
        "nameserver 10.96.0.10\noptions ndots:5\n",
        "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 10 (buster)"\nID=debian\nVERSION_ID="10"\n',
        "/app.jar": "PK\n",
    }
    if pod["spec"].get("automountServiceAccountToken", True):
        files[f"{_TOKEN_FOLDER}/namespace"] = namespace
    for mount in container.get("volumeMounts", []):
        volume: Mapping[str, Any] = next((v for v in pod["spec"].get("volumes", []) if v["name"] == mount["name"]), {})
        folder = str(mount["mountPath"]).rstrip("/")
        contents = volume_files(pod, volume, objects, address=address, host_address=host_address)
        if sub := mount.get("subPath"):
            if sub in contents:
                files[folder] = contents[sub]
            continue
        files |= {f"{folder}/{name}": text for name, text in contents.items()}
    return files


def volume_files(
    pod: Mapping[str, Any], volume: Mapping[str, Any], objects: Objects, *, address: str = "", host_address: str = ""
) -> dict[str, str]:
    """Relative path → text. Raises: `ConfigError` with the kubelet's text."""
    namespace = str(pod["metadata"]["namespace"])
    if "configMap" in volume:
        source = volume["configMap"]
        return _of("ConfigMap", namespace, str(source.get("name", "")), source, objects)
    if "secret" in volume:
        source = volume["secret"]
        return _of("Secret", namespace, str(source.get("secretName", "")), source, objects)
    if "downwardAPI" in volume:
        return {
            str(item["path"]): field_value(pod, str(item["fieldRef"]["fieldPath"]), address, host_address)
            for item in volume["downwardAPI"].get("items", [])
            if "fieldRef" in item
        }
    return {}


def _of(kind: str, namespace: str, name: str, source: Mapping[str, Any], objects: Objects) -> dict[str, str]:
    found = objects.get(kind, namespace, name)
    if found is None:
        if source.get("optional"):
            return {}
        raise ConfigError(f'{kind.lower()} "{name}" not found')
    data = data_of(found)
    items = source.get("items")
    if not items:
        return data
    missing = [str(item["key"]) for item in items if item["key"] not in data]
    if missing and not source.get("optional"):
        raise ConfigError(f"references non-existent {kind.lower()} key: {missing[0]}")
    return {str(item["path"]): data[item["key"]] for item in items if item["key"] in data}


def missing_volume(pod: Mapping[str, Any], objects: Objects) -> str:
    """The kubelet's text for the first volume that cannot be mounted; "" where all can."""
    for volume in pod["spec"].get("volumes", []):
        try:
            volume_files(pod, volume, objects)
        except ConfigError as error:
            return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {error}'
    return ""
