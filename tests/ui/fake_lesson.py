"""A lesson in memory: a small course, a view that tests replace, and a record of what the screen asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tutor.content.stage_backups import Backup
from tutor.core.comparing.comparison import ComparedObject, Pairing, PlacedDifference
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.step import CheckRef, Step, Task
from tutor.core.timeline import Timeline
from tutor.lesson.instructor.instructing import Comparison, FaultView, ReferenceFile
from tutor.lesson.instructor.staging import Line, Word
from tutor.lesson.view import (
    ActionResult,
    Connection,
    ConnectionView,
    CourseTexts,
    FileView,
    LessonView,
    StepState,
    Traffic,
)

NOW = 1_760_000_000.0
GATEWAY = "kube/gateway/deployment.yaml"
SERVICE = "kube/gateway/service.yaml"
TEXT = """\
# The gateway of the marketplace.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: gateway-deployment
spec:
  selector:
    matchLabels:
      app: gatewy
  template:
    metadata:
      labels:
        app: gateway
    spec:
      containers:
        - name: gateway
          image: homics/gatway:1.0.0
          ports:
            - containerPort: 8080
"""
SELECTOR = Finding(
    "selector-matches-template",
    Verdict.FAILED,
    "The selector fits no label of the pod template.",
    found="app=gatewy",
    expected="app=gateway",
    hint="Write the same label in both places.",
    file=GATEWAY,
    line=9,
    column=12,
    path="spec.selector.matchLabels",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
)
IMAGE = Finding(
    "container",
    Verdict.FAILED,
    "The image homics/gatway:1.0.0 is none of the marketplace's.",
    found="homics/gatway:1.0.0",
    expected="homics/gateway:1.0.0",
    hint="Look at the image's name once more.",
    file=GATEWAY,
    line=17,
    column=18,
)
PULL = Finding(
    "pull-policy", Verdict.FAILED, "The tag is fixed, so it need not be pulled.", Severity.NOTE, file=GATEWAY, line=17
)
PARSES = Finding("file-parses", Verdict.PASSED, f"{GATEWAY} can be read: 1 object.", file=GATEWAY)
WAITS = Finding("applied", Verdict.SKIPPED, "The object is in the cluster. Not looked at: container is not right yet.")
READY = Finding("deployment-ready", Verdict.PASSED, "gateway-deployment has 1 ready pod of 1.")
UNREACHED = Finding("applied", Verdict.UNKNOWN, "The API server at 192.168.49.2:8443 does not answer.")

CONNECTED = ConnectionView(Connection.CONNECTED, "minikube", "default", "minikube", "v1.34.2", writable=True)
LOST = replace(CONNECTED, state=Connection.LOST, message="minikube does not answer; trying again. Is it started?")


def _task(name: str, title: str) -> Task:
    hints = (f"What makes {name} work?", f"The idea behind {name}.", f"Write the fields of {name}.")
    return Task(name, title, hints, (CheckRef("file-parses", {}, (), "file-parses"),))


COMPARISON = Comparison(
    "gateway-deployment",
    (ReferenceFile(GATEWAY, TEXT.replace("gatewy", "gateway").replace("gatway", "gateway"), TEXT, True),),
    (
        ComparedObject(
            "Deployment",
            "gateway-deployment",
            Pairing.DIFFERS,
            GATEWAY,
            2,
            GATEWAY,
            2,
            (
                PlacedDifference("spec.selector.matchLabels.app", "gateway", "gatewy", True, "No pod has it", 9, 9, 12),
                PlacedDifference("metadata.labels.app", "", "x", False, "Labels are yours to choose.", None, 5, 3),
            ),
        ),
    ),
    "# Notes",
    "The selector must fit.",
    "Forgetting the selector.",
    "Any labels do.",
)

STEPS = (
    Step(
        "gateway-deployment",
        1,
        "A Deployment for the gateway",
        "# A Deployment for the gateway\n\nHave Kubernetes run one gateway.\n\n"
        f"```\nkubectl apply -f {GATEWAY}\n```\n\nRead: [Deployments](https://kubernetes.io/docs/d/)\n",
        (GATEWAY,),
        (_task("write", "Complete the file"), _task("apply", "Apply it")),
        docs="https://kubernetes.io/docs/d/",
        done="# Kubernetes runs the gateway\n\nThe Deployment made a ReplicaSet, and that made the pod.",
    ),
    Step(
        "gateway-service",
        2,
        "A Service for the gateway",
        "# A Service for the gateway\n\nOpen it to the outside.",
        (SERVICE,),
        (_task("service", "Complete the file"),),
        done="# It answers",
    ),
    Step(
        "crash",
        3,
        "A crash",
        "# A crash\n\nBreak it.",
        (),
        (_task("crash", "Crash it"),),
        action="crash",
        done="# Back",
    ),
    Step(
        "rolling-update",
        4,
        "A rolling update",
        "# A rolling update",
        (),
        (_task("roll", "Roll"),),
        action="roll:homics/user-activity:2.0.0",
        done="# Rolled",
    ),
    Step("stats", 5, "Stats", "# Stats", (), (_task("stats", "Stats"),), bonus=True, done="# Done"),
)


def first_view() -> LessonView:
    return LessonView(
        STEPS,
        {step.slug: StepState.TODO for step in STEPS},
        "gateway-deployment",
        CONNECTED,
        "~/exercise",
        files=(FileView(GATEWAY, TEXT, True, False),),
        snapshot=ClusterSnapshot("default", NOW),
        hint_task="write",
        traffic=Traffic(),
    )


class FakeInstructor:
    """Implements `InstructorPort`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.kept: tuple[Backup, ...] = ()
        self.asks = ""
        """What `question` answers."""
        self.comparison = COMPARISON
        self.lines = (Line(Word.DID, "Service user unchanged"), Line(Word.DONE, "The stage is set."))

    @property
    def faults(self) -> tuple[FaultView, ...]:
        return (FaultView("wrong-image", "an image that does not exist", "Look at STATUS.", "kubectl set image …"),)

    def compare(self, slug: str) -> Comparison:
        self.asked.append(f"compare {slug}")
        return self.comparison

    def question(self, what: str) -> str:
        return self.asks and f"About to {what}. Go on?"

    async def apply_reference(self, slug: str) -> ActionResult:
        self.asked.append(f"apply {slug}")
        return ActionResult(True, "kubectl apply -f x", "Deployment gateway-deployment created")

    async def stage(self, slug: str, *, files: bool = False) -> AsyncIterator[Line]:
        self.asked.append(f"stage {slug} {files}")
        for line in self.lines:
            yield line

    def backups(self) -> tuple[Backup, ...]:
        return self.kept

    async def restore(self, number: int | None = None) -> AsyncIterator[Line]:
        self.asked.append(f"restore {number}")
        yield Line(Word.DONE, "It is back.")

    async def inject(self, fault: str) -> ActionResult:
        self.asked.append(f"inject {fault}")
        return ActionResult(True, "kubectl set image …", "The image is wrong now.")

    async def heal(self) -> ActionResult:
        self.asked.append("heal")
        return ActionResult(False, "", "The API server does not answer.")


class FakeLesson:
    """Implements `LessonPort`."""

    def __init__(self, view: LessonView | None = None) -> None:
        self._view = view or first_view()
        self._timeline = Timeline()
        self._news = asyncio.Condition()
        self.asked: list[str] = []
        """Every intent, e.g. "check", "act crash", "go_to gateway-service"."""
        self.question = ""
        """What `needs_confirmation` answers."""
        self.result = ActionResult(True, "kubectl apply -f x", "deployment.apps/gateway-deployment created")
        self.first_time = False
        self.instructing = False
        self.instructor = FakeInstructor()
        self.folder = Path("/nowhere")
        self.failing: dict[str, Exception] = {}
        """Intent → what it raises instead."""
        self.held: asyncio.Event | None = None
        """Where set, `act` and `check` wait for it."""

    @property
    def view(self) -> LessonView:
        return self._view

    @property
    def timeline(self) -> Timeline:
        return self._timeline

    @property
    def texts(self) -> CourseTexts:
        return CourseTexts(
            "Kubernetes", "In short.", "# Kubernetes, hands on\n\nWelcome text.", "# Cheat sheet\n\nText."
        )

    def now(self) -> float:
        return NOW

    def path_of(self, file: str) -> Path:
        return self.folder / file

    async def put(self, **changes: Any) -> None:
        """Replace parts of the view and tell the screen."""
        self._view = replace(self._view, **changes, version=self._view.version + 1)
        async with self._news:
            self._news.notify_all()

    async def found(self, *findings: Finding, verdict: str = "not-yet") -> None:
        """As after a check that found this."""
        files = tuple(
            replace(file, findings=tuple(f for f in findings if f.file == file.path)) for file in self._view.files
        )
        await self.put(findings=findings, files=files, verdict=verdict, checked_at=NOW)

    async def run(self) -> None:
        self._note("run")
        await asyncio.Event().wait()

    async def changed(self, seen_version: int) -> LessonView:
        async with self._news:
            await self._news.wait_for(lambda: self._view.version > seen_version)
            return self._view

    def _note(self, intent: str) -> None:
        self.asked.append(intent)
        if (error := self.failing.get(intent)) is not None:
            raise error

    async def _hold(self) -> None:
        if self.held is not None:
            await self.held.wait()

    async def check(self) -> LessonView:
        self._note("check")
        await self._hold()
        return self._view

    async def go_to(self, slug: str) -> None:
        self._note(f"go_to {slug}")
        step = next(step for step in self._view.steps if step.slug == slug)
        files = tuple(FileView(path, "", False, True) for path in step.files)
        await self.put(current=slug, files=files, findings=(), verdict="", passed_at=None, hint_task=step.tasks[0].id)

    async def next_step(self) -> None:
        self._note("next")

    async def previous_step(self) -> None:
        self._note("previous")

    async def more_hint(self, task: str = "") -> None:
        self._note(f"hint {task}")
        opened = dict(self._view.hints_open)
        opened[task] = min(opened.get(task, 0) + 1, 3)
        await self.put(hints_open=opened)

    async def write_starters(self, paths: tuple[str, ...]) -> ActionResult:
        self._note(f"starters {' '.join(paths)}")
        return ActionResult(True, "", "\n".join(f"{path} was written." for path in paths))

    def preview(self, action: str) -> str:
        return {"apply": f"kubectl apply -f {GATEWAY}", "crash": "kubectl get --raw /crash"}.get(
            action, f"kubectl set image deployments/user-deployment user={action.removeprefix('roll:')}"
        )

    async def set_rate(self, rate: float) -> None:
        self._note(f"rate {rate:g}")
        await self.put(traffic=replace(self._view.traffic, rate=rate))

    def needs_confirmation(self, action: str) -> str:
        return self.question

    async def act(self, action: str) -> ActionResult:
        self._note(f"act {action}")
        await self._hold()
        return replace(self.result, command=self.preview(action))

    async def set_traffic(self, running: bool) -> None:
        self._note(f"traffic {running}")
        await self.put(traffic=replace(self._view.traffic, running=running))
