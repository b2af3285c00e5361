"""The gate on a small course that each test breaks in one place, with small rules of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, Rule
from tutor.content.gate import check_course
from tutor.content.scaffold import CannotScaffold, new_step
from tutor.core.finding import Finding, Severity, Verdict

LIVE = '\n[[tasks.checks]]\nrule = "applied"\nkind = "Deployment"\nname = "app"\n'
STEP = "steps/01-one/step.toml"
STARTER = "starter/kube/app/deployment.yaml"
SOLUTION = "solutions/01-one/kube/app/deployment.yaml"


def says(name: str, test: Callable[[CheckInput], bool], severity: Severity = Severity.ERROR) -> Rule:
    def check(given: CheckInput) -> list[Finding]:
        verdict = Verdict.PASSED if test(given) else Verdict.FAILED
        return [Finding(name, verdict, f"{name} said so.", severity)]

    return Rule(name, Level.MANIFEST, check, {}, {"file": str, "kind": str, "name": str})


def text_of(given: CheckInput) -> str:
    file = given.manifests["kube/app/deployment.yaml"]
    return (file.text or "") if file.exists else ""


def rules(severity: Severity = Severity.ERROR) -> dict[str, Rule]:
    live = Rule("applied", Level.LIVE, lambda _: [], {"kind": str, "name": str})
    return {
        "file-parses": says("file-parses", lambda given: "kind:" in text_of(given)),
        "defines": says("defines", lambda given: "replicas:" in text_of(given), severity),
        "applied": live,
    }


@pytest.fixture
def course(course_folder: Path) -> Path:
    path = course_folder / STEP
    path.write_text(path.read_text() + LIVE)
    return course_folder


def change(course: Path, file: str, old: str, new: str) -> None:
    text = (course / file).read_text()
    assert old in text
    (course / file).write_text(text.replace(old, new))


def errors(course: Path) -> list[str]:
    return [str(error) for error in check_course(course, rules()).errors]


def test_a_whole_course_is_green_and_says_what_was_looked_at(course: Path) -> None:
    result = check_course(course, rules())
    assert result.errors == ()
    assert result.green
    assert len(result.lines) == 5


def test_a_course_that_does_not_load_says_why(course: Path) -> None:
    change(course, STEP, 'title = "One"', "")
    assert any("title is missing" in error for error in errors(course))
    assert "a folder named steps was expected" in errors(course / "nowhere")[0]


def test_a_starter_that_passes_is_told(course: Path) -> None:
    (course / STARTER).write_text("# TODO 1\n" + (course / SOLUTION).read_text())
    assert any("the starters would pass this step" in error for error in errors(course))


def test_a_reference_that_fails_is_told_at_its_check(course: Path) -> None:
    change(course, SOLUTION, "  replicas: 1\n", "")
    assert errors(course) == [
        f"{STEP}:14: the reference is failed by defines: defines said so.",
    ]


def test_a_reference_that_only_warns_is_told(course: Path) -> None:
    change(course, SOLUTION, "  replicas: 1\n", "")
    found = [str(error) for error in check_course(course, rules(Severity.WARNING)).errors]
    assert any("the reference is failed by defines" in error for error in found)


def test_a_step_that_the_step_before_solves_is_told(course: Path) -> None:
    step = course / "steps/02-two"
    step.mkdir()
    for name in ("step.toml", "text.md", "done.md"):
        (step / name).write_text((course / "steps/01-one" / name).read_text())
    target = course / "solutions/02-two/kube/app/deployment.yaml"
    target.parent.mkdir(parents=True)
    target.write_text((course / SOLUTION).read_text())
    assert errors(course) == [
        "steps/02-two/step.toml:5: the state that the step before leaves would pass this step:"
        " it needs a check that fails there"
    ]


def test_a_step_without_a_look_at_the_cluster_is_told(course: Path) -> None:
    change(course, STEP, LIVE, "")
    assert any("no check of this step looks at the cluster" in error for error in errors(course))


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (STARTER, "# TODO 1: complete it\n", "", f"{STARTER}:1: a starter says with a TODO"),
        (SOLUTION, "spec:\n", "# TODO later\nspec:\n", f"{SOLUTION}:5: a reference has nothing left to do"),
        (STEP, "The fields.", "TODO(author): fields", f"{STEP}:8: there is a TODO(author) left"),
        (STEP, "Why?", "apiVersion: apps/v1", f"{STEP}:8: a hint names the fields to write; this one holds a manifest"),
        (STEP, 'name = "app"', 'name = "wep"', f'{STEP}:17: the check asks for name "wep", and no text'),
        ("steps/01-one/text.md", "Write", "[Write]()", "steps/01-one/text.md:3: a link is [words](https://…)"),
        ("steps/01-one/text.md", "Write", "[Write](page.md)", "steps/01-one/text.md:3: a link is [words](https://…)"),
        (
            "steps/01-one/text.md",
            "Write",
            "https://nowhere/x",
            "steps/01-one/text.md:3: https://nowhere/x is no address",
        ),
        ("steps/01-one/text.md", "Write", "ap-deployment", "text.md:3: no step has a Deployment ap-deployment"),
        ("steps/01-one/text.md", "Write", "homics/gatway:1.0.0", "text.md:3: no step has an image homics/gatway:1.0.0"),
        ("steps/01-one/done.md", "It", "kubectl apply -f kube/ap/", "done.md:3: starter/kube/ap/ does not exist"),
        (STEP, 'rule = "applied"', 'rule = "aplied"', f'{STEP}:21: there is no rule "aplied"; did you mean "applied"?'),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(course: Path, file: str, old: str, new: str, expected: str) -> None:
    change(course, file, old, new)
    assert any(expected in error for error in errors(course)), errors(course)


def test_files_that_are_missing_or_that_nothing_uses_are_told(course: Path) -> None:
    (course / SOLUTION).rename(course / "solutions/01-one/kube/app/deploy.yaml")
    (course / "steps/01-one/notes.md").write_text("x")
    (course / STARTER).unlink()
    found = errors(course)
    assert f"{STEP}:2: the reference {SOLUTION} is missing" in found
    assert f"{STEP}:2: the starter {STARTER} is missing" in found
    assert "steps/01-one/notes.md:1: nothing uses this file: name it in a step.toml or remove it" in found
    assert any(error.startswith("solutions/01-one/kube/app/deploy.yaml:1: nothing uses") for error in found)


def test_files_that_are_no_text_are_told(course: Path) -> None:
    (course / SOLUTION).write_bytes(b"\xff\xfe\x00\x01")
    (course / STARTER).write_bytes(b"# TODO \xff")
    (course / "steps/01-one/mutants.toml").write_bytes(b"\xff\xff")
    found = errors(course)
    assert any("the reference is failed" in error for error in found)
    assert any(error.startswith("steps/01-one/mutants.toml:1: ") for error in found)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_a_pipe_in_a_course_is_told_and_not_waited_for(course: Path) -> None:
    os.mkfifo(course / "solutions/pipe")
    assert "solutions/pipe:1: is a pipe (FIFO), not a file. Put a YAML file there." in errors(course)


ANSWER = """\
spec:
  selector:
    matchLabels:
      app: app
  template:
    metadata:
      labels:
        app: app
    spec:
      containers:
        - name: app
          image: app:1
"""


@pytest.mark.parametrize("where", [STEP, "steps/01-one/text.md"])
def test_an_answer_that_is_given_away_is_told(course: Path, where: str) -> None:
    (course / SOLUTION).write_text("kind: Deployment\nreplicas: 1\n" + ANSWER)
    if where == STEP:
        change(course, STEP, "The fields.", " ".join(ANSWER.split()))
    else:
        (course / where).write_text(f"# One: app\n\n```yaml\n{ANSWER}```\n")
    assert any(
        "most of the answer for kube/app/deployment.yaml" in error and error.startswith(where)
        for error in errors(course)
    )


def mutant(course: Path, old: str = "replicas", rule: str = "defines", new: str = "replica") -> None:
    file = "kube/app/deployment.yaml"
    lines = [f'{key} = "{value}"' for key, value in dict(name="m", file=file, old=old, new=new, rule=rule).items()]
    (course / "steps/01-one/mutants.toml").write_text("[[mutants]]\n" + "\n".join(lines) + "\n")


def test_a_mutant_that_fails_for_its_reason_is_fine(course: Path) -> None:
    mutant(course)
    assert errors(course) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"new": "replicas: 3 # replicas"}, 'the mutant "m" passes; defines should have failed'),
        ({"rule": "file-parses"}, 'the mutant "m" fails for defines, not for file-parses'),
        ({"rule": "applied"}, '"applied" is no rule over manifests'),
        ({"old": "nowhere"}, '"old" stands 0 times in the reference'),
        ({"old": "e"}, '"old" stands '),
    ],
)
def test_a_mutant_that_is_not_caught_as_named_is_told(course: Path, changed: dict[str, str], expected: str) -> None:
    mutant(course, **changed)
    (error,) = errors(course)
    assert error.startswith("steps/01-one/mutants.toml:1: ")
    assert expected in error


def test_a_new_step_loads_and_the_gate_names_what_is_left_to_write(tmp_path: Path) -> None:
    written = new_step(tmp_path, "hello-world")
    assert written[:2] == ("steps/course.toml", "steps/01-hello-world/step.toml")
    found = [str(error) for error in check_course(tmp_path, rules()).errors]
    assert sum("TODO(author) left" in error for error in found) == 5
    assert new_step(tmp_path, "next")[0] == "steps/02-next/step.toml"


@pytest.mark.parametrize("slug", ["", "Hello", "a--b", "../x", "ä", "a_b"])
def test_a_slug_that_cannot_be_one_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(CannotScaffold, match="cannot be a slug"):
        new_step(tmp_path, slug)
    assert list(tmp_path.iterdir()) == []


def test_a_slug_that_is_taken_is_refused(tmp_path: Path) -> None:
    new_step(tmp_path, "hello")
    with pytest.raises(CannotScaffold, match="already"):
        new_step(tmp_path, "hello")
