"""kubectl on this machine, and whether it fits the cluster."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess

from tutor.lesson.doctor.advice import Advice, bad, ok, unknown, warn

VERSION = re.compile(r"v?(\d+)\.(\d+)")
LONGEST = 10.0
"""Seconds that kubectl may take to tell its version."""
OUTDATED = "invalid object doesn't have additional properties"
"""What a kubectl that is years older than its cluster says to `kubectl apply`."""


async def kubectl_version() -> tuple[str, str]:
    """(the client's gitVersion or "", what went wrong or "")."""
    program = shutil.which("kubectl")
    if program is None:
        return "", "missing"
    return await asyncio.to_thread(_ask, program)


def _ask(program: str) -> tuple[str, str]:
    command = [program, "version", "--client", "-o", "json"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)
        version = str(json.loads(done.stdout)["clientVersion"]["gitVersion"])
    except (OSError, subprocess.SubprocessError) as error:
        return "", f"{program} could not be run: {error}"
    except (ValueError, KeyError, TypeError):
        return "", f"{program} did not tell its version"
    return version, ""


def kubectl_advice(client: str, wrong: str, server: str) -> Advice:
    """`server` is the cluster's gitVersion, "" where no cluster answers."""
    if wrong == "missing":
        return warn(
            "kubectl",
            "There is no kubectl on the PATH.",
            "Install it (https://kubernetes.io/docs/tasks/tools/), or use homics-tutor kubectl, or minikube kubectl.",
        )
    if wrong:
        return unknown("kubectl", f"{wrong}.", "Run kubectl version --client by hand.")
    ours, theirs = VERSION.match(client), VERSION.match(server)
    if theirs is None or ours is None:
        return ok("kubectl", f"kubectl {client}.")
    apart = (int(ours[1]) - int(theirs[1])) * 100 + int(ours[2]) - int(theirs[2])
    found = f"kubectl {client}, the cluster {server}."
    if abs(apart) <= 1:
        return ok("kubectl", found)
    if apart < -10:
        return bad(
            "kubectl",
            found,
            f'It is far older than the cluster and says "{OUTDATED}" to files that are right. Install one that is at'
            " most one minor version apart: https://kubernetes.io/releases/version-skew-policy/#kubectl",
        )
    older = "older" if apart < 0 else "newer"
    return warn(
        "kubectl",
        found,
        f"It is {abs(apart)} minor versions {older}; one is supported. Mostly it works. Where kubectl complains of a"
        " file that the tutor finds right, install another one.",
    )
