"""A window as text and as a picture: golden texts of every recording, and a picture that is one.

With GOLDEN=1 in the environment the texts are written anew; look at the difference before you commit it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.recorded import NAMES, end_of, timeline_of
from tutor.core.pictures.drawing import ASCII
from tutor.core.pictures.export_svg import LETTER, export_svg
from tutor.core.pictures.export_text import export_text
from tutor.core.timeline import Answered, DeploymentChanged, LinkChanged, Timeline

GOLDEN = Path(__file__).parent / "golden_timelines"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The texts tell local times."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's time zone cannot be set for a test")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_as_text(name: str) -> None:
    text = export_text(timeline_of(name), end_of(name))
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_as_ascii_text_fits_its_width(name: str) -> None:
    text = export_text(timeline_of(name), end_of(name), width=80, glyphs=ASCII)
    assert text.isascii()
    lanes, _, happened = text.partition("What happened")
    assert max(len(line) for line in lanes.splitlines()) <= 80
    assert max(len(line) for line in happened.partition("NAME")[2].splitlines()) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_as_a_picture(name: str) -> None:
    timeline = timeline_of(name)
    end = end_of(name)
    svg = export_svg(timeline, end, title="Crash & <come back>")
    root = ElementTree.fromstring(svg)
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert "Crash & <come back>" in texts
    assert "errors" in texts
    assert {"href", "src"}.isdisjoint(key for element in root.iter() for key in element.attrib), "needs nothing else"
    answered = sum(1 for title in root.iter(f"{SVG}title") if "answer" in (title.text or ""))
    window = [c for c in timeline.of(Answered, end - 88) if not c.error]
    assert answered >= len({int(call.at) for call in window}) - 2


def test_a_lost_link_is_hatched() -> None:
    timeline = Timeline([Answered(95.0, "1.0.0"), LinkChanged(96.0, False), LinkChanged(99.0, True)])
    assert "nothing seen" in export_svg(timeline, 101.0)
    assert "///" in export_text(timeline, 101.0, glyphs=ASCII)
    assert "nothing seen" not in export_svg(Timeline([Answered(95.0, "1.0.0")]), 101.0)


def test_a_window_over_midnight_names_both_days() -> None:
    midnight = 1_795_651_200.0
    text = export_text(Timeline([Answered(midnight, "1.0.0")]), midnight + 12.5)
    said = "Wednesday 25 November 2026, 23:58:38 to Thursday 26 November 2026, 00:00:12 (1 s a cell)"
    assert text.splitlines()[0] == said
    assert said in export_svg(Timeline([Answered(midnight, "1.0.0")]), midnight + 12.5)


def test_the_words_of_changes_cover_neither_each_other_nor_the_edge() -> None:
    deployment = DeploymentChanged(0.0, "d", "user", 1, 1, 1, 1, 1, 1, "user:1.0.0", "1")
    entries = [
        replace(deployment, at=at, image=f"user:{at:.0f}.0.0", readiness=bool(at % 2), replicas=int(at))
        for at in (2.0, 3.0, 4.0, 40.0, 50.0, 94.0, 95.0)
    ]
    root = ElementTree.fromstring(export_svg(Timeline([deployment, *entries]), 95.5))
    boxes = [
        (float(text.attrib["x"]), float(text.attrib["y"]), len(text.text))
        for text in root.iter(f"{SVG}text")
        if text.text and text.text.startswith("image ")
    ]
    assert len(boxes) == len(entries)
    for index, (x, y, letters) in enumerate(boxes):
        assert 0 < x < x + LETTER * letters < float(root.attrib["width"])
        assert not any(y == other and x < at + LETTER * count for at, other, count in boxes[:index])
    (group,) = root.iter(f"{SVG}g")
    down = float(group.attrib["transform"].split()[1].rstrip(")"))
    heading = max(float(text.attrib["y"]) for text in root.findall(f"{SVG}text"))
    assert min(y for _, y, _ in boxes) + down > heading


@pytest.mark.parametrize("cells", [40, 95, 205])
def test_the_legend_of_a_picture_stays_within_it(cells: int) -> None:
    kinds = ("http-500", "timeout", "login", "no-endpoints", "unreachable")
    entries = [Answered(60.0 + index, "", kind) for index, kind in enumerate(kinds)]
    root = ElementTree.fromstring(export_svg(Timeline([*entries, LinkChanged(80.0, False)]), 90.0, cells=cells))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    texts = [text for text in root.iter(f"{SVG}text") if text.text and text.text.endswith((*kinds, "restarted"))]
    assert len(texts) == len(kinds) + 1
    assert max(float(text.attrib["x"]) + LETTER * len(text.text or "") for text in texts) <= width
    (summary,) = [text for text in root.iter(f"{SVG}text") if text.text and text.text.startswith("Since ")]
    assert max(float(text.attrib["y"]) for text in texts) < float(summary.attrib["y"]) < height
