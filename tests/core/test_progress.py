from __future__ import annotations

from tutor.core.progress import Progress, begun, hint_shown, passed, renewed, restarted, tried


def test_a_step_begins_once() -> None:
    state = begun(begun(Progress(), "one", 10.0), "one", 99.0)
    assert state.of("one").begun_at == 10.0
    assert state.current == "one"


def test_nothing_is_passed_before_it_passed() -> None:
    state = tried(begun(Progress(), "one", 10.0), "one")
    assert not state.passed("one")
    assert not state.passed("never-seen")
    assert state.of("one").attempts == 1


def test_the_first_passing_counts() -> None:
    state = passed(begun(Progress(), "one", 10.0), "one", 20.0, ["saw it"])
    again = passed(state, "one", 30.0, ["other"])
    assert again.of("one").passed_at == 20.0
    assert again.of("one").evidence == ("saw it",)


def test_what_is_seen_later_is_kept_without_another_time() -> None:
    state = begun(Progress(), "one", 10.0)
    assert renewed(state, "one", ["too early"]) == state
    later = renewed(passed(state, "one", 20.0, ["saw it"]), "one", ["saw more of it"])
    assert later.of("one").passed_at == 20.0
    assert later.of("one").evidence == ("saw more of it",)


def test_hints_only_grow() -> None:
    state = hint_shown(hint_shown(Progress(), "one", "write", 2), "one", "write", 1)
    state = hint_shown(state, "one", "apply", 1)
    assert dict(state.of("one").hints) == {"write": 2, "apply": 1}
    assert state.of("one").hints_used == 3


def test_a_restarted_step_forgets_what_it_saw_and_keeps_the_hints() -> None:
    state = hint_shown(passed(begun(Progress(), "one", 10.0), "one", 20.0, ["x"]), "one", "write", 1)
    step = restarted(state, "one", 50.0).of("one")
    assert (step.begun_at, step.passed_at, step.evidence, dict(step.hints)) == (50.0, None, (), {"write": 1})


def test_it_resumes_where_the_learner_stopped() -> None:
    slugs = ["one", "two", "three"]
    assert Progress().resume(slugs) == "one"
    state = passed(begun(Progress(), "one", 1.0), "one", 2.0, [])
    assert state.resume(slugs) == "one"
    assert begun(state, "two", 3.0).resume(slugs) == "two"
    renamed = Progress(state.steps, "was-renamed")
    assert renamed.resume(slugs) == "two"
    assert Progress().resume([]) == ""


def test_transitions_leave_the_state_before_as_it_was() -> None:
    before = begun(Progress(), "one", 1.0)
    passed(before, "one", 2.0, [])
    hint_shown(before, "one", "write", 3)
    assert not before.passed("one")
    assert not before.of("one").hints
