"""Which cluster is talked to. Only reads; nothing is written before the learner has seen the context."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from tutor.cluster.api import LOCAL_KINDS, Target
from tutor.cluster.errors import BrokenKubeconfig, NoCluster
from tutor.cluster.kubeconfig import ContextEntry, Kubeconfig, kubeconfig_paths, read_kubeconfig
from tutor.cluster.locality import address_of, kind_of

CONNECT_TIME = 1.0
"""Seconds that a local API server has for accepting a connection."""
PREFERENCE = ("minikube", "kind", "k3d", "docker-desktop", "practice")


def answers(server: str) -> bool:
    """Whether something accepts connections at the server's address."""
    host, port = address_of(server)
    try:
        with socket.create_connection((host, port), CONNECT_TIME):
            return True
    except (OSError, UnicodeError, OverflowError):
        return False


def choose(
    kubeconfig: str | None,
    context: str | None,
    namespace: str | None,
    practice: bool,
    practice_kubeconfig: Path | None,
    *,
    running: Callable[[str], bool] = answers,
) -> Target:
    """The context that was named; else a running local cluster (minikube first); else the practice cluster.

    Raises: `NoCluster`, `MissingContext` or `BrokenKubeconfig`, whose messages say what to do.
    """
    if practice:
        return _practice(practice_kubeconfig, namespace)
    paths, must_exist = kubeconfig_paths(kubeconfig, os.environ, Path.home())
    config = read_kubeconfig(paths, must_exist=must_exist)
    chooser = _Chooser(config, _practice_servers(practice_kubeconfig), namespace)
    if context is not None:
        if context not in config.contexts and _exists(practice_kubeconfig):
            own = read_kubeconfig([practice_kubeconfig])
            if context in own.contexts:
                return _Chooser(own, _practice_servers(practice_kubeconfig), namespace).target(context, named=True)
        return chooser.target(context, named=True)
    stopped: list[ContextEntry] = []
    for entry in chooser.local():
        if running(entry.server):
            return chooser.target(entry.name)
        stopped.append(entry)
    note = _why_not(config, stopped)
    if _exists(practice_kubeconfig):
        return _practice(practice_kubeconfig, namespace, note=f"{note} So this is the practice cluster.")
    raise NoCluster(
        f"{note} Start one with minikube start, or use the practice cluster, which needs no Docker:"
        " homics-tutor cluster start. Until then the files alone are checked."
    )


@dataclass(frozen=True, slots=True)
class _Chooser:
    config: Kubeconfig
    practice_servers: frozenset[str]
    namespace: str | None

    def kind(self, entry: ContextEntry) -> str:
        return "practice" if entry.server in self.practice_servers else kind_of(entry).kind

    def local(self) -> list[ContextEntry]:
        """Local contexts: the current one first, then by kind."""
        found = [entry for entry in self.config.contexts.values() if self.kind(entry) in LOCAL_KINDS]
        return sorted(found, key=lambda e: (e.name != self.config.current, PREFERENCE.index(self.kind(e)), e.name))

    def target(self, name: str, *, named: bool = False, note: str = "") -> Target:
        entry = self.config.context(name)
        kind = self.kind(entry)
        remark = note or (kind_of(entry).remark if kind == "other" else "")
        namespace = self.namespace or entry.namespace
        return Target(name, kind, entry.server, namespace, self.config.location, named, remark)


def _exists(path: Path | None) -> TypeGuard[Path]:
    return path is not None and path.is_file()


def _practice_servers(path: Path | None) -> frozenset[str]:
    if not _exists(path):
        return frozenset()
    try:
        return frozenset(entry.server for entry in read_kubeconfig([path]).contexts.values())
    except BrokenKubeconfig:
        # Said when the practice cluster itself is asked for; another cluster can do without it.
        return frozenset()


def _why_not(config: Kubeconfig, stopped: list[ContextEntry]) -> str:
    if stopped:
        first = stopped[0]
        return f'The cluster of the context "{first.name}" does not answer at {first.server}.'
    remarks = [remark for entry in config.contexts.values() if (remark := kind_of(entry).remark)]
    if remarks:
        return remarks[0]
    if config.contexts:
        names = ", ".join(sorted(config.contexts))
        return f"No context of the kubeconfig is a local cluster ({names}); --context NAME uses one all the same."
    if config.dangling:
        name, wrong = next(iter(config.dangling.items()))
        return f'The context "{name}" cannot be used: {wrong}'
    return (
        "No Kubernetes cluster was found: the kubeconfig defines none." if config.paths else "No kubeconfig was found."
    )


def _practice(path: Path | None, namespace: str | None, note: str = "") -> Target:
    if not _exists(path):
        raise NoCluster("The practice cluster has not been started. Start it with: homics-tutor cluster start")
    try:
        own = read_kubeconfig([path], must_exist=True)
    except BrokenKubeconfig as error:
        # It is written anew with the next start.
        raise NoCluster(f"{error} Start the practice cluster again: homics-tutor cluster start") from error
    return _Chooser(own, _practice_servers(path), namespace).target(own.current, note=note)
