"""Every rule is where its name says, and loaded when it is asked for."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib import import_module

import pytest

from tutor.checks.registry import PACKAGES, Level, Rule, rule, rules
from tutor.content.loader import load_course


def test_every_rule_is_in_the_module_of_its_name_and_in_the_package_of_its_level() -> None:
    for name, known in rules().items():
        assert known.name == name
        module = known.check.__module__
        assert module.endswith("." + name.replace("-", "_"))
        assert PACKAGES[module.rsplit(".", 2)[-2]] is known.level
        assert rules().level(name) is known.level
        assert known.about.endswith(".")


def test_every_rule_of_the_course_is_known() -> None:
    used = {check.rule for step in load_course().steps for check in step.checks}
    assert used <= set(rules())


def test_there_is_no_rule_of_another_name() -> None:
    assert "say" not in rules()
    assert "pod-template" not in rules()
    assert rules().get("no-such-rule") is None
    assert rules().level("no-such-rule") is None
    with pytest.raises(KeyError):
        rules()["no-such-rule"]


def test_a_rule_is_wrapped_once_when_it_is_asked_for() -> None:
    wrapped: list[str] = []

    def wrap(known: Rule) -> Rule:
        wrapped.append(known.name)
        return replace(known, about="Wrapped.")

    every = rules(wrap)
    assert wrapped == []
    assert every["replicas"].about == every["replicas"].about == "Wrapped."
    assert wrapped == ["replicas"]
    assert rules()["replicas"].about != "Wrapped."


def test_a_name_is_taken_once() -> None:
    import_module("tutor.checks.manifest.replicas")
    with pytest.raises(ValueError, match="two rules are named replicas"):
        rule("replicas", Level.MANIFEST)(lambda _: [])


OFFLINE = """
import sys
from tutor.checks.registry import rules
assert rules()["replicas"].level == "manifest"
assert rules().level("crash-seen") == "behaviour"
loaded = [name for name in sys.modules if name.startswith(("tutor.checks.live.", "tutor.checks.behaviour."))]
assert not loaded, loaded
"""


def test_a_check_of_files_loads_no_rule_about_the_cluster() -> None:
    done = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
