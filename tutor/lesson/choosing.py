"""Which cluster a session uses: the context that was named, else a running minikube, else the practice cluster."""

from __future__ import annotations

from tutor.cluster.api import Target
from tutor.cluster.connect import choose
from tutor.cluster.errors import ClusterError
from tutor.content.state import state_root
from tutor.lesson.problem import Problem
from tutor.lesson.settings import Settings


def choose_target(settings: Settings) -> Target:
    """Raises: `Problem` where no cluster can be chosen: a broken kubeconfig, an unknown context, none at all."""
    kubeconfig = str(settings.kubeconfig) if settings.kubeconfig is not None else None
    practice = state_root() / "practice" / "kubeconfig"
    try:
        return choose(kubeconfig, settings.context, settings.namespace, settings.practice, practice)
    except ClusterError as error:
        raise Problem(str(error)) from error
