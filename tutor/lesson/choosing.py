"""Which cluster a session uses: the context that was named, else a running minikube, else the practice cluster."""

from __future__ import annotations

from dataclasses import replace

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


def choose_again(settings: Settings, target: Target) -> Target:
    """The same context as its kubeconfig defines it now: a cluster that was restarted may have another address.

    What the learner looks at is never changed for another cluster while it is away.

    Raises: `Problem` where the context is not there any more, or the kubeconfig cannot be read.
    """
    practice = target.kind == "practice"
    again = choose_target(replace(settings, context=None if practice else target.context, practice=practice))
    return replace(again, named=target.named, note=target.note)
