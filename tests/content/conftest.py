"""A small course on disk that tests may break, and a workspace of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

STEP = """\
title = "One"
files = ["kube/app/deployment.yaml"]
docs = "https://kubernetes.io/docs/"

[[tasks]]
id = "write"
title = "Write it"
hints = ["Why?", "The concept: https://kubernetes.io/docs/", "The fields."]

[[tasks.checks]]
rule = "file-parses"
file = "kube/app/deployment.yaml"

[[tasks.checks]]
rule = "defines"
kind = "Deployment"
name = "app"
needs = ["file-parses"]
"""
STARTER = "# TODO 1: complete it\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n"
SOLUTION = STARTER.replace("# TODO 1: complete it\n", "") + "  replicas: 1\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    """A course with one step, `01-one`, whose reference differs from its starter."""
    root = tmp_path / "course"
    write(
        root,
        {
            "steps/course.toml": 'format = 1\ntitle = "Small"\nabout = "A small course."\n',
            "steps/01-one/step.toml": STEP,
            "steps/01-one/text.md": "# One\n\nWrite `app`.\n",
            "steps/01-one/done.md": "# Done\n\nIt runs.\n",
            "starter/kube/app/deployment.yaml": STARTER,
            "solutions/01-one/kube/app/deployment.yaml": SOLUTION,
        },
    )
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to be a learner's workspace."""
    path = tmp_path / "work"
    path.mkdir()
    return path
