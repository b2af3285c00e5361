"""The report: what it holds, how it is shown, and that nothing secret and nothing alive gets into it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tutor.content.loader import load_course
from tutor.content.timeline_file import TimelineFile
from tutor.core import progress
from tutor.core.timeline import Answered, CommandRun, DeploymentChanged, FileSaved, LinkChanged, PodChanged, Timeline
from tutor.lesson.report.html import html, json_inside
from tutor.lesson.report.model import NotAReport, Report, ReportedCheck, duration, from_json, to_json
from tutor.lesson.report.pictures import LanePictures, cut, scale
from tutor.lesson.report.redact import LEFT_OUT, Machine, Redactor
from tutor.lesson.report.reporting import make_report
from tutor.lesson.report.seen import Window, interesting, seen
from tutor.lesson.report.text import text_lines
from tutor.lesson.session import Session, open_session
from tutor.lesson.settings import Settings

COURSE = load_course()
T = 1_760_000_000.0
MACHINE = Machine("/home/margarete", "margarete", "laptop-77.example")


class Pictures:
    def svg(self, timeline: Timeline, start: float, end: float) -> str:
        return f"<svg xmlns='http://www.w3.org/2000/svg'><text>{end - start:.0f} of margarete</text></svg>"

    def text(self, timeline: Timeline, start: float, end: float) -> Iterable[str]:
        return ["user |■■✗■|"]


def pod(at: float, *, ready: bool, restarts: int = 0, uid: str = "u1", **more: object) -> PodChanged:
    values: dict[str, object] = dict(
        name=f"user-deployment-{uid}",
        deployment="user-deployment",
        replica_set="user-deployment-1",
        phase="Running",
        status="Running",
        ready_containers=int(ready),
        containers=1,
        image="homics/user-activity:1.0.0",
        created=T,
    )
    return PodChanged(at=at, uid=uid, ready=ready, restarts=restarts, **{**values, **more})  # type: ignore[arg-type]


def crash() -> list[object]:
    return [
        pod(T + 1, ready=True),
        FileSaved(T + 2, "kube/user/deployment.yaml", "x"),
        CommandRun(T + 3, "kubectl get --raw /x --kubeconfig /home/margarete/.kube/config --token abcdefghijk"),
        *(Answered(T + at, "1.0.0") for at in (3.5, 4.5)),
        pod(T + 5, ready=False, exit_code=0),
        *(Answered(T + at, "", "http-500") for at in (5.5, 6.5, 7.5)),
        pod(T + 6, ready=False, restarts=1, exit_code=0),
        pod(T + 8, ready=True, restarts=1, exit_code=0),
        Answered(T + 8.5, "1.0.0"),
    ]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    workspace = tmp_path / "work"
    shutil.copytree(COURSE.folders.starter, workspace)
    opened = open_session(Settings(workspace=workspace))
    opened.change(lambda p: progress.begun(p, "crash", T))
    opened.change(lambda p: progress.hint_shown(p, "crash", "crash", 2))
    opened.change(lambda p: progress.tried(p, "crash"))
    opened.change(lambda p: progress.passed(p, "crash", T + 20, ["restart 0→1, on laptop-77 of margarete"]))
    opened.change(lambda p: progress.begun(p, "gateway-deployment", T + 30))
    file = TimelineFile(opened.state.timeline)
    for entry in crash():
        file.append(entry)  # type: ignore[arg-type]
    file.close()
    return opened


def made(session: Session, name: str = "") -> Report:
    return make_report(session, T + 60, Pictures(), name, MACHINE)


def test_a_report_tells_steps_checks_evidence_hints_and_times(session: Session) -> None:
    report = made(session)
    crashed = next(step for step in report.steps if step.slug == "crash")
    assert (crashed.state, crashed.seconds, crashed.attempts, crashed.hints_used) == ("passed", 20.0, 1, 2)
    assert crashed.checks[0].message.startswith("restart 0→1")
    told = "\n".join(crashed.seen)
    assert "restart 0→1 of user-deployment-u1, 0/1 for 3.0 s, exit code 0" in told
    assert "no pod of user-deployment was ready for 3.0 s, 3 errors (3 x http-500)" in told
    assert "3 calls failed in 2.0 s: http-500" in told
    assert "saved kube/user/deployment.yaml" in told
    assert crashed.lane == ("user |■■✗■|",)
    begun = next(step for step in report.steps if step.slug == "gateway-deployment")
    assert begun.state == "begun"
    assert {check.verdict for check in begun.checks} >= {"failed"}
    assert all(check.place for check in begun.checks if check.verdict == "failed")
    assert (report.passed, report.hints_used, report.seconds) == (1, 2, 20.0)


def test_the_learners_files_are_in_it_and_starters_are_not(session: Session) -> None:
    session.workspace.path("kube/gateway/deployment.yaml").write_text("kind: Deployment # <b>mine</b>\n")
    assert [file.path for file in made(session).files] == ["kube/gateway/deployment.yaml"]


def test_a_file_that_cannot_be_read_or_holds_a_secret_says_so(session: Session) -> None:
    folder = session.workspace.path("kube/gateway/deployment.yaml")
    folder.unlink()
    folder.mkdir()
    session.workspace.path("kube/user/secret.yaml").write_text("kind: Secret\nstringData:\n  a: hunter2-hunter2\n")
    session.workspace.path("kube/user/mine.json").write_text('{"kind": "Secret", "data": {"a": "aHVudGVyMg=="}}')
    session.workspace.path("kube/user/config.yml").write_text("apiVersion: v1\nkind: Config\nusers: []\n")
    files = {file.path: file for file in made(session).files}
    assert "is a folder" in files["kube/gateway/deployment.yaml"].remark
    for name in ("secret.yaml", "mine.json", "config.yml"):
        assert files[f"kube/user/{name}"].text == ""
        assert "left out" in files[f"kube/user/{name}"].remark


SECRETS = [
    "/home/margarete",
    "margarete",
    "laptop-77",
    "hunter2",
    "eyJhbGciOiJSUzI1NiJ9",
    "MIIC4jCCAcqgAwIBAgI",
    "c2VjcmV0",
    "abcdefghijk",
]


def test_nothing_secret_is_in_any_form_of_it(session: Session) -> None:
    session.workspace.path("kube/user/deployment.yaml").write_text(
        "# /home/margarete/exercise by Margarete on laptop-77\n"
        "kind: Deployment\n"
        "spec:\n"
        "  env:\n"
        "    - name: DB_PASSWORD\n"
        "      value: hunter2-hunter2\n"
        "    - {name: API_TOKEN, value: hunter2}\n"
        "  password: hunter2\n"
        '  "client_secret": "hunter2"\n'
        "  client-certificate-data: c2VjcmV0\n"
        "  note: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl\n"
        "  url: https://margarete:hunter2@registry.example/x\n"
        "  header: 'Authorization: Bearer hunter2hunter2'\n"
        "  cert: |\n"
        "    -----BEGIN CERTIFICATE-----\n"
        "    MIIC4jCCAcqgAwIBAgI\n"
        "    -----END CERTIFICATE-----\n"
    )
    report = made(session)
    for text in (to_json(report), html(report), "\n".join(text_lines(report))):
        readable = text.replace("\\u003c", "<")
        assert [secret for secret in SECRETS if secret.lower() in readable.lower()] == []
        assert str(session.workspace.folder) not in readable
    kept = report.files[-1].text
    assert kept.count(LEFT_OUT) >= 7
    assert "name: DB_PASSWORD" in kept
    assert "# ~/exercise by learner on machine" in kept


@pytest.mark.parametrize("user", ["user", "gateway", "nico", "db", "root", "", "admin"])
def test_a_users_name_that_is_a_word_of_the_course_spoils_nothing(session: Session, user: str) -> None:
    text = (COURSE.folders.solutions / "03-user-database/kube/user/deployment.yaml").read_text()
    session.workspace.path("kube/user/deployment.yaml").write_text(text)
    report = make_report(session, T, Pictures(), "", Machine(f"/home/{user}", user, "user"))
    assert report.files[-1].text == text


def test_homes_of_other_systems_are_left_out() -> None:
    redactor = Redactor(Machine(r"C:\Users\Margarete", "Margarete", "PC-77"))
    assert redactor.text(r"read C:\Users\Margarete\.kube\config on pc-77") == r"read ~\.kube\config on machine"
    assert redactor.text("/Users/somebody/x and /home/else/y") == "/Users/learner/x and /home/learner/y"
    assert (
        Redactor(Machine("/root", "root", "localhost")).text("/root/x, /rooted, localhost") == "~/x, /rooted, localhost"
    )
    assert Redactor(Machine("/", "", "")).text("/a/b") == "/a/b"


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&<!--"


def test_the_html_is_one_file_without_anything_alive(session: Session) -> None:
    session.workspace.path("kube/gateway/deployment.yaml").write_text(f"# {EVIL}\nkind: [\n")
    session.workspace.path("kube/user/service.yaml").write_text(f"kind: '{EVIL}'\n")
    report = made(session, EVIL)
    step = replace(
        report.steps[0],
        title=EVIL,
        slug='x" onmouseover="y',
        checks=(ReportedCheck("failed", EVIL, EVIL, EVIL, EVIL), ReportedCheck(EVIL, EVIL)),
        seen=(EVIL,),
        lane=(EVIL,),
        picture=f"<svg xmlns='http://www.w3.org/2000/svg'>{EVIL}</svg>",
    )
    page = html(replace(report, steps=(step, *report.steps[1:])))
    found = Page(page)
    assert [dict(attrs) for tag, attrs in found.tags if tag == "script"] == [
        {"type": "application/json", "id": "report"}
    ]
    assert not [attrs for _, attrs in found.tags if any(name.startswith("on") for name in attrs)]
    addresses = [attrs.get("src") or attrs.get("href") for _, attrs in found.tags]
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses if address)
    assert not re.search(r"https?://", page.replace("http://www.w3.org/2000/svg", ""))
    assert "default-src 'none'" in page
    assert from_json(json_inside(page)).steps[0].title == EVIL
    assert [tag for tag, _ in found.tags].count("section") == len(report.steps)


def test_a_report_survives_its_json(session: Session) -> None:
    report = made(session, "Team 3")
    assert from_json(to_json(report)) == report
    assert json.loads(to_json(report))["kind"] == "homics-tutor-report"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no JSON"),
        ("[]", "is no report"),
        ('{"kind": "homics-tutor-report", "format": 2}', "format 2"),
        ('{"kind": "homics-tutor-report", "format": 1, "steps": 3}', "damaged"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_what_is_no_report_is_told(text: str, why: str) -> None:
    with pytest.raises(NotAReport, match=why):
        from_json(text)


def test_the_text_names_verdicts_in_words(session: Session) -> None:
    lines = list(text_lines(made(session, "Team 3")))
    assert lines[0] == "Kubernetes: Team 3"
    assert "1 of 10 steps passed in 0:20, 2 hints" in lines[2]
    assert "4. A crash: passed in 0:20" in lines
    assert any(line.startswith("   FAIL kube/gateway/deployment.yaml:") for line in lines)


def test_what_was_seen_is_bounded_and_a_gap_is_told() -> None:
    many: list[object] = [pod(T, ready=True)]
    for number in range(1, 100):
        many += [
            pod(T + number * 2, ready=False, restarts=number - 1),
            pod(T + number * 2 + 1, ready=True, restarts=number),
        ]
    many += [LinkChanged(T + 300, False), LinkChanged(T + 310, True)]
    timeline = Timeline(many)  # type: ignore[arg-type]
    told = seen(timeline, Window(T, T + 400))
    assert len(told) == 41
    assert told[20].startswith("… ")
    assert "the API server was away for 10 s" in told[-1]


def test_a_quiet_time_has_no_picture() -> None:
    quiet = Timeline([pod(T, ready=True), Answered(T + 1, "1.0.0"), Answered(T + 2, "1.0.0")])
    assert interesting(quiet, Window(T, T + 10), T + 10) is None
    assert seen(quiet, Window(T, T + 10)) == ()


def test_calls_before_the_first_answer_of_all_are_no_errors() -> None:
    early = Timeline([Answered(T + at, "", "no-endpoints") for at in range(5)] + [Answered(T + 6, "1.0.0")])
    assert seen(early, Window(T, T + 10)) == ()
    assert interesting(early, Window(T, T + 10), T + 10) is None


def test_a_picture_holds_its_own_time_and_the_state_it_began_with() -> None:
    timeline = Timeline([Answered(T - 50, "", "http-500"), pod(T - 40, ready=True), Answered(T + 1, "1.0.0")])
    part = cut(timeline, T, T + 10)
    assert [type(entry).__name__ for entry in part] == ["PodChanged", "Answered"]
    assert "0 errors: 1 call" in "\n".join(LanePictures().text(timeline, T, T + 10))


def test_a_rollout_is_told_with_its_images() -> None:
    def deployment(at: float, image: str, *, done: bool, generation: int) -> DeploymentChanged:
        ready = 1 if done else 0
        return DeploymentChanged(at, "d", "user-deployment", generation, generation, 1, ready, 1, ready, image)

    timeline = Timeline(
        [
            deployment(T, "u:1", done=True, generation=1),
            deployment(T + 5, "u:2", done=False, generation=2),
            deployment(T + 9, "u:2", done=True, generation=2),
            Answered(T + 4, "1.0.0"),
            Answered(T + 6, "", "refused"),
            Answered(T + 8, "2.0.0"),
        ]
    )
    told = "\n".join(seen(timeline, Window(T, T + 20)))
    assert "rollout of user-deployment: u:1 → u:2 in 4.0 s, without a readinessProbe" in told
    assert "version 2.0.0 answered" in told
    assert "1 call failed" in told
    assert interesting(timeline, Window(T, T + 20), T + 20) == Window(T, T + 20)
    assert interesting(timeline, Window(T, T + 9), T + 99) == Window(T, T + 21)


def test_durations() -> None:
    assert [duration(value) for value in (None, 0, 45.4, 723, 3727)] == ["", "0:00", "0:45", "12:03", "1:02:07"]


def test_the_picture_is_the_live_views_own() -> None:
    timeline = Timeline(crash())  # type: ignore[arg-type]
    pictures = LanePictures()
    svg = pictures.svg(timeline, T, T + 20)
    assert svg.startswith("<svg ")
    assert "user" in svg
    assert "<script" not in svg
    assert any("http-500" in line for line in pictures.text(timeline, T, T + 20))
    assert [scale(T, T + seconds) for seconds in (0, 20, 80, 900)] == [(1.0, 40), (1.0, 40), (1.0, 80), (10.0, 90)]
