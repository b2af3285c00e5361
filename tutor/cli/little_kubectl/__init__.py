"""The built-in kubectl, for machines without one: the commands of the cheat sheet, with kubectl's own output.

Everything goes through the cluster layer's signed-in connection. What is not here says so in one sentence and names
where the real kubectl is to be had. Reading order: words (what was typed), ask (questions to the API server), then one
file a command.
"""

from __future__ import annotations

import asyncio
import sys

from tutor.cli.little_kubectl.errors import Failure
from tutor.cluster.api import Target

INSTALL = "https://kubernetes.io/docs/tasks/tools/"


def run(target: Target, words: list[str]) -> int:
    """Obey one command line, printing as kubectl does. Returns the exit code."""
    from tutor.cli.little_kubectl.commands import obey
    from tutor.cluster.errors import ClusterError

    try:
        return asyncio.run(obey(target, words))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.code
    except ClusterError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
