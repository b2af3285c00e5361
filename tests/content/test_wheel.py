"""The course travels in the wheel and is found from anywhere."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="hatchling builds the wheel, and it is not installed"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=100)
    (built,) = folder.glob("*.whl")
    return built


def test_every_file_of_the_course_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name.removeprefix("tutor/_course/") for name in archive.namelist() if "/_course/" in name}
    course = {
        path.relative_to(ROOT).as_posix()
        for folder in ("steps", "starter", "solutions")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert packed == course


def test_an_unpacked_wheel_finds_its_course_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        "from tutor.content.loader import load_course; c = load_course();"
        "print(len(c.steps), c.folders.root, c.starter('kube/user/service.yaml').is_file())"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout.split() == ["10", str((site / "tutor/_course").resolve()), "True"]
