"""Imports go down only, and what has to start fast loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tutor"

LAYERS = ["kube", "core", "checks", "content|cluster", "lesson", "ui", "cli"]
"""From the lowest to the highest; those of one row do not know each other."""


def layer_of(part: str) -> int | None:
    for height, names in enumerate(LAYERS):
        if part in names.split("|"):
            return height
    return None


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def test_imports_go_down_only() -> None:
    wrong = []
    for path in modules():
        part = path.relative_to(PACKAGE).parts[0]
        height = layer_of(part)
        if height is None:
            continue
        for name in imports_of(path):
            if not name.startswith("tutor."):
                continue
            other = name.split(".")[1]
            other_height = layer_of(other)
            if other_height is None:
                if other == "practice":
                    wrong.append(f"{path.relative_to(PACKAGE)} imports {name}") if part not in (
                        "cli",
                        "lesson",
                    ) else None
                continue
            if other_height > height or (other_height == height and other != part):
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_the_practice_cluster_knows_kubernetes_rules_alone() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in (PACKAGE / "practice").rglob("*.py")
        for name in imports_of(path)
        if (name.startswith("tutor.") and name.split(".")[1] not in ("practice", "kube", "__version__"))
        or name.split(".")[0] in ("kubernetes", "textual", "httpx")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("package", "owners"),
    [
        ("kubernetes", {"cluster"}),
        ("httpx", {"cluster"}),
        ("textual", {"ui", "cli"}),
        ("aiohttp", {"practice", "cluster"}),
    ],
)
def test_each_heavy_package_has_its_owners(package: str, owners: set[str]) -> None:
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in modules()
        if any(name.split(".")[0] == package for name in imports_of(path))
    }
    assert users <= owners


def test_an_offline_check_loads_no_client_and_no_screen() -> None:
    code = (
        "import sys\n"
        "import tutor.cli.check, tutor.lesson.check_once, tutor.checks.registry as r\n"
        "list(r.rules())\n"
        "print([m for m in ('kubernetes', 'textual', 'httpx', 'aiohttp', 'rich', 'asyncio') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert result.stdout.strip() == "[]"
