from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, Rule
from tutor.content.loader import load_course, unknown_rules
from tutor.content.locate import CourseNotFound, locate
from tutor.content.schema import CourseInvalid
from tutor.core.finding import Finding

SLUGS = (
    "gateway-deployment",
    "gateway-service",
    "user-database",
    "crash",
    "rolling-update",
    "readiness",
    "replicas",
    "monolith-kafka",
    "stats-stock",
    "autoscaling",
)


def errors(folder: Path) -> list[str]:
    with pytest.raises(CourseInvalid) as caught:
        load_course(folder)
    return [str(error) for error in caught.value.errors]


def change(folder: Path, old: str, new: str, file: str = "steps/01-one/step.toml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_course_has_the_ten_steps_in_order() -> None:
    course = load_course()
    assert tuple(step.slug for step in course.steps) == SLUGS
    assert [step.number for step in course.steps] == list(range(1, 11))
    assert [step.slug for step in course.steps if step.bonus] == list(SLUGS[7:])
    assert course.welcome
    assert course.cheatsheet


def test_a_small_course_is_loaded_whole(course_folder: Path) -> None:
    course = load_course(course_folder)
    (step,) = course.steps
    assert (step.slug, step.number, step.title) == ("one", 1, "One")
    assert step.text.startswith("# One")
    assert step.done.startswith("# Done")
    assert step.notes == ""
    (course_folder / "steps/01-one/instructor.md").write_text("# Why")
    assert load_course(course_folder).steps[0].notes == "# Why"
    assert [check.id for check in step.checks] == ["file-parses", "defines"]
    assert step.checks[1].params == {"kind": "Deployment", "name": "app"}
    assert step.checks[1].needs == ("file-parses",)
    assert course.step("one") is step
    assert course.step("two") is None


def test_the_reference_grows_from_step_to_step() -> None:
    course = load_course()
    crash = course.reference("crash")
    assert list(crash) == [
        "kube/gateway/deployment.yaml",
        "kube/gateway/service.yaml",
        "kube/database/deployment.yaml",
        "kube/database/service.yaml",
        "kube/user/deployment.yaml",
        "kube/user/service.yaml",
    ]
    assert "readinessProbe" not in crash["kube/user/deployment.yaml"].read_text(encoding="utf-8")
    replicas = course.reference("replicas")["kube/user/deployment.yaml"].read_text(encoding="utf-8")
    assert "readinessProbe" in replicas
    assert "replicas: 2" in replicas
    assert course.solution("crash") == {}
    assert list(course.solution("readiness")) == ["kube/user/deployment.yaml"]


def test_no_course_where_one_was_named_is_said(tmp_path: Path) -> None:
    with pytest.raises(CourseNotFound, match="a folder named steps was expected"):
        locate(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('title = "One"', 'titel = "One"', 'steps/01-one/step.toml:1: unknown key "titel"; did you mean "title"?'),
        ('title = "One"', 'title = " "', "steps/01-one/step.toml:1: title is empty"),
        ('title = "One"', "title = 1", "steps/01-one/step.toml:1: title is a text"),
        ('"The fields."', '""', "steps/01-one/step.toml:8: hint 3 (the fields to write) is empty"),
        (', "The fields."', "", "steps/01-one/step.toml:8: a task has three hints"),
        ('rule = "defines"', 'id = "x"', "steps/01-one/step.toml:14: rule is missing"),
        ('needs = ["file-parses"]', 'needs = ["file-pases"]', 'step.toml:18: needs names "file-pases", and no check'),
        ('needs = ["file-parses"]', 'needs = ["defines"]', 'step.toml:18: needs names "defines", which does not stand'),
        ('rule = "defines"', 'rule = "file-parses"', 'two checks of this step are called "file-parses"'),
        ("kube/app/deployment.yaml", "../deployment.yaml", 'step.toml:2: "../deployment.yaml" is not a manifest below'),
        ("kube/app/deployment.yaml", "C:\\\\app.yaml", "is not a manifest below the workspace"),
        ("kube/app/deployment.yaml", "kube/app.txt", "is not a manifest below the workspace"),
        ('docs = "https:', 'docs = "http:', "step.toml:3: docs is the address of a page"),
        ('title = "One"', 'title = "One"\naction = "explode"', 'step.toml:2: the action is "crash" or "roll:IMAGE"'),
        ('title = "One"', 'title = "One"\naction = "roll:"', 'step.toml:2: the action is "crash" or "roll:IMAGE"'),
        ('title = "One"', 'title = "One"\nbonus = 1', "step.toml:2: bonus is true or false"),
        ("[[tasks.checks]]", "[[tasks.check]]", 'unknown key "check"; did you mean "checks"?'),
        ('title = "One"', 'title = "One', "steps/01-one/step.toml:1: "),
        ("hints = [", "hints = ", "steps/01-one/step.toml:8: "),
        ('title = "One"', f"title = {'[' * 5000}{']' * 5000}", "steps/01-one/step.toml:1: "),
    ],
)
def test_a_mistake_in_a_step_is_told_with_its_line(course_folder: Path, old: str, new: str, expected: str) -> None:
    change(course_folder, old, new)
    assert any(expected in error for error in errors(course_folder)), errors(course_folder)


def test_all_mistakes_are_told_at_once(course_folder: Path) -> None:
    change(course_folder, 'title = "One"', 'titel = "One"')
    change(course_folder, '"The fields."', '""')
    (course_folder / "steps/01-one/done.md").unlink()
    (course_folder / "steps/02-one").mkdir()
    (course_folder / "steps/three").mkdir()
    found = errors(course_folder)
    assert "steps/01-one/done.md:1: this file is missing" in found
    assert 'steps/02-one/step.toml:1: the slug "one" is taken by 01-one' in found
    assert "steps/three:1: a step's folder is named NN-slug: two digits, a dash, small letters" in found
    assert len(found) >= 6


def test_a_course_of_another_format_is_refused(course_folder: Path) -> None:
    change(course_folder, "format = 1", "format = 2", "steps/course.toml")
    assert errors(course_folder) == ["steps/course.toml:1: format is 1: this tutor reads no other; found 2"]


def test_a_step_that_is_not_text_is_told(course_folder: Path) -> None:
    (course_folder / "steps/01-one/text.md").write_bytes(b"\xff\xfe\x00")
    assert any("steps/01-one/text.md:1: this file cannot be read" in error for error in errors(course_folder))


def test_unknown_rules_and_wrong_parameters_are_told_with_their_lines(course_folder: Path) -> None:
    def nothing(given: CheckInput) -> list[Finding]:
        """Nothing."""
        return []

    rules = {"file-parse": Rule("file-parse", Level.MANIFEST, nothing)}
    course = load_course(course_folder)
    found = [str(error) for error in unknown_rules(course, rules)]
    assert found == [
        'steps/01-one/step.toml:11: there is no rule "file-parses"; did you mean "file-parse"?',
        'steps/01-one/step.toml:15: there is no rule "defines"',
    ]
    rules = {
        "file-parses": Rule("file-parses", Level.MANIFEST, nothing, {"file": int}),
        "defines": Rule("defines", Level.MANIFEST, nothing, {"kinds": str}, {"name": str}),
    }
    assert [str(error) for error in unknown_rules(course, rules)] == [
        "steps/01-one/step.toml:12: file of the rule file-parses is a number, not 'kube/app/deployment.yaml'",
        'steps/01-one/step.toml:14: the rule defines needs "kinds" (a text)',
        'steps/01-one/step.toml:16: the rule defines takes no "kind"; did you mean "kinds"?',
    ]


def test_loading_a_course_imports_no_check() -> None:
    code = (
        "import sys; from tutor.content.loader import load_course; load_course();"
        "print([m for m in sys.modules if m.startswith('tutor.checks') or m.startswith('yaml')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
