"""How the learner's own kubectl gets to the cluster that the tutor uses: the lines to type in a terminal."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.cluster.api import LOCAL_KINDS
from tutor.cluster.kubeconfig import kubeconfig_paths

if TYPE_CHECKING:
    from tutor.lesson.view import ConnectionView


def own_kubectl(link: ConnectionView, folder: Path) -> str:
    """Lines for a new terminal: to the folder that holds kube/, and to the cluster."""
    lines = [f"cd {_quoted(str(folder))}"]
    if link.kind == "practice" and link.kubeconfig:
        lines.append(export_line(Path(link.kubeconfig)))
    elif link.kind in LOCAL_KINDS:
        usual, _ = kubeconfig_paths(None, {}, Path.home())
        if link.kubeconfig and Path(link.kubeconfig) not in usual:
            # Named to the tutor, by an option or a variable that another terminal may not have.
            lines.append(export_line(Path(link.kubeconfig)))
        # Of a cluster that others use, too, nobody should be led to make it kubectl's usual one.
        lines.append(f"kubectl config use-context {_quoted(link.context)}")
    return "\n".join(lines)


def export_line(kubeconfig: Path, shell: str | None = None) -> str:
    """The line that names a kubeconfig. `shell`: "sh", "fish", "powershell" or "cmd"; none: this system's usual."""
    if shell is None:
        shell = "sh" if os.name == "posix" else "powershell" if os.environ.get("PSMODULEPATH") else "cmd"
    path = str(kubeconfig)
    if shell == "powershell":
        return "$env:KUBECONFIG = '" + path.replace("'", "''") + "'"
    if shell == "cmd":
        return f"set KUBECONFIG={path}"
    if shell == "fish":
        return f"set -gx KUBECONFIG {shlex.quote(path)}"
    return f"export KUBECONFIG={shlex.quote(path)}"


def _quoted(word: str) -> str:
    """As one word for this system's shell."""
    if os.name == "posix":
        return shlex.quote(word)
    return f'"{word}"' if " " in word else word
