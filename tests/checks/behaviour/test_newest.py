"""Of several crashes or updates the newest that passes is told, else the newest; the rest is not looked at."""

from __future__ import annotations

from tutor.checks.behaviour.newest import newest
from tutor.core.finding import Finding, Verdict

VERDICTS = {"p": Verdict.PASSED, "f": Verdict.FAILED, "u": Verdict.UNKNOWN}


def told(happened: str) -> tuple[str, str]:
    """The one that is told, as verdict and place, and those that were looked at."""
    looked: list[str] = []

    def judge(one: tuple[int, str]) -> Finding | None:
        looked.append(one[1])
        return Finding("rule", VERDICTS[one[1]], str(one[0])) if one[1] in VERDICTS else None

    found = newest(judge, list(enumerate(happened)))
    return "".join(f"{finding.verdict} {finding.message}" for finding in found), "".join(looked)


def test_the_newest_that_passes_is_told() -> None:
    assert told("fpf") == ("passed 1", "fp")
    assert told("ppf") == ("passed 1", "fp")
    assert told("fuf") == ("failed 2", "fuf")
    assert told("fu-") == ("unknown 1", "-uf")
    assert told("--") == ("", "--")
    assert told("") == ("", "")
