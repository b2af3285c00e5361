"""Makes `.venv` beside the project, with the project installed in it, and runs a program of it.

Needs nothing but Python 3.11 or newer. `run` and `test` call it; the environment is made once and made again
when pyproject.toml changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(extra: str) -> Path:
    """The Python of an environment that has the project (editable) with `extra`; made where it is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python may well run this file)
        sys.exit(f"homics-tutor needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    folder = Path(os.environ.get("HOMICS_VENV") or ROOT / ".venv")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + extra.encode() + sys.version.encode()).hexdigest()
    stamp = folder / f"homics-tutor-{extra or 'run'}.stamp"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"Preparing {folder} (once; a minute or two) …", file=sys.stderr)
    if not python.exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            venv.create(folder, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit(
                "This Python cannot make environments: install its venv package (Debian: apt install python3-venv)."
            )
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", target]
    if subprocess.run(pip, check=False).returncode != 0:
        sys.exit("The packages could not be installed: see pip's words above; is the network reachable?")
    stamp.write_text(wanted)
    return python


def run(extra: str, command: list[str]) -> int:
    """Run `python COMMAND…` of the environment and return its exit code."""
    python = environment(extra)
    try:
        return subprocess.run([str(python), *command], check=False).returncode
    except KeyboardInterrupt:
        return 130
