"""Whatever stands in a learner's files, every step is judged: no rule breaks down, and nothing takes long."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.corpus import course, judge, reference, scenarios
from tutor.core.finding import Finding, Verdict
from tutor.core.manifest import parse_manifest

STEPS = [step for step in course().steps if step.files]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 70000),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.sampled_from(["", "user", "8080", "100m", "ClusterIP", "a: b", "\ud83d\ude00", "x" * 300, "-", "In", "Exists"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "app", "port", "matchLabels", "spec", "containers", "1"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)
OBJECTS = {
    (step.slug, file): parse_manifest(file, reference(step.slug)[file]).documents[0].value
    for step in STEPS
    for file in step.files
}


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Of every value in an object."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in entries for found in paths(child, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {key: replaced(child, path[1:], new) if key == path[0] else child for key, child in value.items()}
    return [replaced(child, path[1:], new) if index == path[0] else child for index, child in enumerate(value)]


@st.composite
def odd_objects(draw: st.DrawFn) -> tuple[str, str, str]:
    """(step, file, its text): a reference in JSON with other values in one or two places."""
    slug, file = draw(st.sampled_from(sorted(OBJECTS)))
    value = OBJECTS[slug, file]
    for _ in range(draw(st.integers(1, 2))):
        value = replaced(value, draw(st.sampled_from(paths(value))), draw(VALUES))
    return slug, file, json.dumps(value)


@st.composite
def odd_texts(draw: st.DrawFn) -> tuple[str, str, str]:
    """(step, file, its text): a reference with pieces cut out, doubled, or replaced."""
    slug, file = draw(st.sampled_from(sorted(OBJECTS)))
    text = reference(slug)[file].decode()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        new = draw(
            st.sampled_from(
                ["", text[start:end] * 2, "\n", "  ", "- ", ": ", "'", "&a ", "*a", "\t", "---\n", "{", "é"]
            )
        )
        text = text[:start] + new + text[end:]
    return slug, file, text


def check(slug: str, file: str, text: str) -> None:
    step = course().step(slug)
    assert step is not None
    evaluation = judge(step, {**reference(slug), file: text.encode("utf-8", "surrogatepass")})
    assert evaluation.findings
    for finding in evaluation.findings:
        well_formed(finding)


def well_formed(finding: Finding) -> None:
    assert "itself failed" not in finding.message, finding
    assert "gave no answer" not in finding.message, finding
    assert finding.message
    assert len(finding.message) < 2000, finding
    if finding.verdict is Verdict.FAILED:
        assert finding.hint or finding.expected, finding
        assert finding.line is None or finding.line >= 1


@settings(max_examples=60)
@given(odd_objects())
def test_any_values_are_judged(what: tuple[str, str, str]) -> None:
    check(*what)


@settings(max_examples=60)
@given(odd_texts())
def test_any_text_is_judged(what: tuple[str, str, str]) -> None:
    check(*what)


def test_a_file_that_was_right_for_one_step_breaks_no_other() -> None:
    for scenario in scenarios()[::7]:
        for step in STEPS:
            for file in step.files:
                check(step.slug, file, reference(scenario.step).get(file, b"").decode())
