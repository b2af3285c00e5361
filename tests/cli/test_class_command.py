"""`class FOLDER`: good reports are merged, broken and foreign files are named, nothing is fatal."""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tutor.cli.main import group
from tutor.lesson.report.html import html
from tutor.lesson.report.model import Report, ReportedFile, ReportedHints, ReportedStep, to_json

T = 1_760_000_000.0


def step(slug: str, number: int, seconds: float | None, hints: int = 0) -> ReportedStep:
    state = "passed" if seconds is not None else "begun"
    passed = None if seconds is None else T + seconds
    opened = (ReportedHints("t", hints),) if hints else ()
    return ReportedStep(slug, number, f"Title {slug}", False, state, T, passed, 1, opened, (), ())  # type: ignore[arg-type]


def report(name: str = "", *, made_at: float = T, seconds: float = 65) -> Report:
    steps = (step("gateway-deployment", 1, seconds, 2), step("gateway-service", 2, None))
    return Report(made_at, "0.1.0", "Kubernetes", name, steps, (ReportedFile("kube/x.yaml", "SECRET-LOOKING"),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "reports"
    (root / "anna").mkdir(parents=True)
    (root / "team-1.html").write_text(html(report("Team 1")))
    (root / "team-2.json").write_text(to_json(report("Team 2", seconds=3700)))
    (root / "anna" / "homics-report.html").write_text(html(report()))
    return root


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, ["class", *map(str, words)], catch_exceptions=False)


def test_a_table_has_a_line_a_learner_and_a_column_a_step(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["anna", "Team", "Team"]
    assert lines[2].split() == ["Team", "1", "1/2", "1:05", "2", "1:05", "…"]
    assert "1:01:40" in lines[3]
    assert "gateway-deployment     3 of 3 passed   Title gateway-deployment" in result.output


def test_broken_and_foreign_files_are_named_and_stop_nothing(folder: Path) -> None:
    (folder / "half.json").write_text(to_json(report("x"))[:200])
    (folder / "page.html").write_text("<html><p>hello</p></html>")
    (folder / "newer.json").write_text('{"kind": "homics-tutor-report", "format": 9}')
    (folder / "latin.json").write_bytes(b"\xff\xfe\x00caf\xe9")
    (folder / "empty.json").write_text("")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "folder.json").mkdir()
    result = run(folder)
    assert result.exit_code == 0
    for name, why in (
        ("half.json", "is no JSON"),
        ("page.html", "but no report of homics-tutor"),
        ("newer.json", "format 9"),
        ("latin.json", "no text in UTF-8"),
        ("empty.json", "is no JSON"),
    ):
        assert any(line.startswith(f"?  {name}") and why in line for line in result.output.splitlines()), name
    assert "photo.png" not in result.output
    assert "3 of 3 passed" in result.output


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_a_pipe_and_a_link_that_leads_nowhere_are_named(folder: Path) -> None:
    os.mkfifo(folder / "pipe.json")
    (folder / "link.json").symlink_to(folder / "nowhere")
    output = run(folder).output
    assert "pipe.json is a pipe" in output
    assert "link.json is a link to a file that does not exist" in output


def test_the_newest_report_of_a_name_counts(folder: Path) -> None:
    (folder / "team-1-late.json").write_text(to_json(report("team 1", made_at=T + 100, seconds=30)))
    result = run(folder)
    assert "3 of 3 passed" in result.output
    assert "0:30" in result.output
    assert "team-1.html is left out" in result.output


def test_the_csv_has_no_formulas(folder: Path) -> None:
    (folder / "evil.json").write_text(to_json(report('=HYPERLINK("http://x","y")')))
    result = CliRunner().invoke(group, ["class", str(folder), "--format", "csv"], catch_exceptions=False)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 8
    assert rows[0]["learner"].startswith("'=HYPERLINK")
    assert {row["seconds"] for row in rows if row["learner"] == "Team 1"} == {"65", ""}


def test_the_page_escapes_names_and_holds_no_manifests(folder: Path, tmp_path: Path) -> None:
    (folder / "evil.json").write_text(to_json(report("<script>alert(1)</script>")))
    out = tmp_path / "class.html"
    result = run(folder, "--format", "html", "--output", out)
    assert result.exit_code == 0
    page = out.read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "SECRET-LOOKING" not in page


def test_a_folder_without_reports_says_what_to_do(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "homics-tutor report --format html" in result.output
    missing = run(tmp_path / "nowhere")
    assert missing.exit_code == 2
    assert "cannot be read" in missing.output
