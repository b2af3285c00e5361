"""kubeconfig files, read and merged as kubectl does; nothing here ever writes one.

Source: kubernetes.io, Organizing cluster access using kubeconfig files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tutor.cluster.errors import BrokenKubeconfig, MissingContext

LARGEST = 5_000_000
"""Bytes; a kubeconfig is some kilobytes."""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """A context with the cluster entry that it names."""

    name: str
    server: str
    namespace: str
    cluster: str
    user: str
    has_user: bool
    provider: str = ""
    """Of the cluster entry's extensions: "minikube.sigs.k8s.io" where minikube wrote it."""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """Several files seen as one: the first that defines a name wins."""

    paths: tuple[Path, ...]
    """The files that exist, in their order."""
    current: str = ""
    contexts: Mapping[str, ContextEntry] = field(default_factory=dict)
    dangling: Mapping[str, str] = field(default_factory=dict)
    """Context → what is wrong with it, e.g. a cluster that is not defined."""

    @property
    def location(self) -> str:
        """As the environment variable KUBECONFIG has it."""
        return os.pathsep.join(str(path) for path in self.paths)

    def context(self, name: str) -> ContextEntry:
        """Raises: `MissingContext` naming those that exist, `BrokenKubeconfig` where it names no cluster."""
        if name in self.contexts:
            return self.contexts[name]
        if name in self.dangling:
            raise BrokenKubeconfig(f'The context "{name}" cannot be used: {self.dangling[name]}')
        known = tuple(sorted(self.contexts))
        there = (
            f"These exist: {', '.join(known)}. Give one of them to --context."
            if known
            else "None is defined at all: start a cluster first (minikube start), or leave --context out."
        )
        where = f" in {self.location}" if self.paths else ""
        raise MissingContext(f'There is no context "{name}"{where}. {there}', known)


def kubeconfig_paths(named: str | None, environment: Mapping[str, str], home: Path) -> tuple[tuple[Path, ...], bool]:
    """(files to read, whether each must exist): the named one, else those of KUBECONFIG, else ~/.kube/config."""
    if named:
        return tuple(Path(part).expanduser() for part in named.split(os.pathsep) if part), True
    listed = environment.get("KUBECONFIG", "")
    if listed:
        return tuple(Path(part).expanduser() for part in listed.split(os.pathsep) if part), False
    return (home / ".kube" / "config",), False


def read_kubeconfig(paths: Iterable[Path], *, must_exist: bool = False) -> Kubeconfig:
    """Read and merge. Missing files are passed over unless `must_exist`.

    Raises: `BrokenKubeconfig` naming the file.
    """
    found: list[Path] = []
    clusters: dict[str, Mapping[str, Any]] = {}
    users: set[str] = set()
    contexts: dict[str, Mapping[str, Any]] = {}
    current = ""
    for path in paths:
        data = _read(path, must_exist=must_exist)
        if data is None:
            continue
        found.append(path)
        current = current or str(data.get("current-context") or "")
        for name, entry in _named(data, "clusters", "cluster", path):
            clusters.setdefault(name, entry)
        users.update(name for name, _ in _named(data, "users", "user", path))
        for name, entry in _named(data, "contexts", "context", path):
            contexts.setdefault(name, entry)
    entries: dict[str, ContextEntry] = {}
    dangling: dict[str, str] = {}
    for name, context in contexts.items():
        cluster = clusters.get(str(context.get("cluster") or ""))
        if cluster is None:
            dangling[name] = f'it names the cluster "{context.get("cluster") or ""}", which is not defined in the file.'
        elif not isinstance(cluster.get("server"), str) or not cluster["server"]:
            dangling[name] = f'its cluster "{context["cluster"]}" has no server.'
        else:
            user = str(context.get("user") or "")
            entries[name] = ContextEntry(
                name,
                cluster["server"],
                str(context.get("namespace") or "default"),
                str(context["cluster"]),
                user,
                user in users,
                _provider(cluster),
            )
    return Kubeconfig(tuple(found), current, entries, dangling)


def _read(path: Path, *, must_exist: bool) -> Mapping[str, Any] | None:
    try:
        if path.is_dir():
            raise BrokenKubeconfig(f"The kubeconfig {path} is a folder. Name the file in it.")
        if not path.exists():
            if must_exist:
                raise BrokenKubeconfig(f"There is no kubeconfig {path}. Check the name after --kubeconfig.")
            return None
        if not path.is_file():
            raise BrokenKubeconfig(f"The kubeconfig {path} is no ordinary file. Name a file.")
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BrokenKubeconfig(f"The kubeconfig {path} cannot be read: {reason}. Check its permissions.") from error
    if len(raw) > LARGEST:
        raise BrokenKubeconfig(f"The kubeconfig {path} is too large to be one. Is it another file?")
    try:
        data = yaml.safe_load(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BrokenKubeconfig(f"The kubeconfig {path} is not text. Is it another file?") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f" at line {mark.line + 1}" if mark is not None else ""
        raise BrokenKubeconfig(
            f"The kubeconfig {path} is not valid YAML{at}. Mend it, or name another one with --kubeconfig."
        ) from error
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise BrokenKubeconfig(f"The kubeconfig {path} holds no kubeconfig: it must begin with fields like clusters:.")
    return data


def _named(data: Mapping[str, Any], section: str, key: str, path: Path) -> list[tuple[str, Mapping[str, Any]]]:
    entries = data.get(section) or []
    if not isinstance(entries, list):
        raise BrokenKubeconfig(f"In the kubeconfig {path}, {section} must be a list. Mend it, or name another one.")
    named: list[tuple[str, Mapping[str, Any]]] = []
    for entry in entries:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
            raise BrokenKubeconfig(f"In the kubeconfig {path}, an entry of {section} has no name. Mend it.")
        value = entry.get(key) or {}
        if not isinstance(value, Mapping):
            raise BrokenKubeconfig(f'In the kubeconfig {path}, {section} "{entry["name"]}" must hold fields. Mend it.')
        named.append((entry["name"], value))
    return named


def _provider(cluster: Mapping[str, Any]) -> str:
    for extension in cluster.get("extensions") or []:
        inner = extension.get("extension") if isinstance(extension, Mapping) else None
        if isinstance(inner, Mapping) and isinstance(inner.get("provider"), str):
            return str(inner["provider"])
    return ""
