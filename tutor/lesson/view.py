"""What the screens draw: one immutable state of the lesson, replaced whole when anything changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tutor.core.finding import Finding, Verdict
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.step import Step
from tutor.core.timeline import Timeline

if TYPE_CHECKING:
    from tutor.lesson.instructor.instructing import InstructorPort


class StepState(StrEnum):
    TODO = "todo"
    NOT_YET = "not-yet"
    """Checked, and something is still to do."""
    UNKNOWN = "could-not-check"
    PASSED = "passed"


class Connection(StrEnum):
    NONE = "none"
    """No cluster was found: manifests alone."""
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ConnectionView:
    state: Connection
    context: str = ""
    namespace: str = ""
    kind: str = ""
    """minikube, kind, k3d, docker-desktop, practice or other."""
    version: str = ""
    message: str = ""
    """Why there is no connection and what to do next; empty when connected."""
    writable: bool = False
    kubeconfig: str = ""
    """Path of the file that was read."""


@dataclass(frozen=True, slots=True)
class FileView:
    path: str
    """Relative to the workspace."""
    text: str
    exists: bool
    starter_offered: bool
    """The file is missing and a starter for it can be written."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Traffic:
    """The version poll."""

    running: bool = False
    via: str = ""
    """"nodeport" or "service-proxy"; empty before the first answer."""
    url: str = ""
    message: str = ""
    """What keeps it from running, or a remark on the way it takes."""
    rate: float = 1.0
    """Calls a second, 1 to 10."""
    theirs: bool = False
    """Another tutor of this folder makes the calls, at a rate of its own."""


@dataclass(frozen=True, slots=True)
class CourseTexts:
    """The texts around the steps, Markdown."""

    title: str = ""
    about: str = ""
    """One sentence."""
    welcome: str = ""
    cheatsheet: str = ""


@dataclass(frozen=True, slots=True)
class LessonView:
    steps: tuple[Step, ...]
    states: Mapping[str, StepState]
    current: str
    """Slug of the step on the screen."""
    connection: ConnectionView
    workspace: str
    """Folder as the learner should read it (~ for the home folder)."""
    files: tuple[FileView, ...] = ()
    """The current step's."""
    findings: tuple[Finding, ...] = ()
    """The current step's, in the order of its checks; empty before the first check."""
    verdict: str = ""
    """"passed", "not-yet", "could-not-check"; empty before the first check."""
    checking: bool = False
    checked_at: float | None = None
    snapshot: ClusterSnapshot | None = None
    service_urls: Mapping[str, str] = field(default_factory=dict)
    """Service name → URL that answers from this machine."""
    hints_shown: int = 0
    """Tiers of the current hint that are open (0 to 3)."""
    hint_texts: tuple[str, ...] = ()
    hint_task: str = ""
    """Id of the task that these hints belong to: the one at hand."""
    hints_open: Mapping[str, int] = field(default_factory=dict)
    """Id of a task of the current step → how many of its hints are open (0 to 3)."""
    tasks: Mapping[str, Verdict] = field(default_factory=dict)
    """Id of a task of the current step → its verdict, the worst of its checks; empty before the first check."""
    passed_at: float | None = None
    """When the current step passed. It stays passed where something is lost again."""
    evidence: tuple[str, ...] = ()
    """What the checks saw when it passed, a sentence each."""
    traffic: Traffic = Traffic()
    messages: tuple[str, ...] = ()
    """What the learner should know of the opening, e.g. a progress file that was set aside."""
    version: int = 0
    """Grows with every replacement."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action did, as the learner reads it."""

    ok: bool
    command: str
    """The kubectl command that it stands for."""
    message: str


class LessonPort(Protocol):
    """What a screen may ask of the lesson. Everything returns fast or is awaited in a worker; nothing raises for
    what a learner can cause: the answer says it."""

    @property
    def view(self) -> LessonView: ...
    @property
    def timeline(self) -> Timeline: ...
    @property
    def texts(self) -> CourseTexts: ...
    @property
    def first_time(self) -> bool:
        """Whether this workspace was opened for the first time: the welcome comes first then."""
        ...

    @property
    def instructor(self) -> InstructorPort:
        """What an instructor may ask. A screen reaches it in instructor mode alone, and `compare` for a step that the
        learner has passed."""
        ...

    @property
    def instructing(self) -> bool:
        """Whether instructor mode was asked for when the tutor was started."""
        ...

    def path_of(self, file: str) -> Path:
        """Where a file of the workspace is, for an editor. Absolute; it may not exist."""
        ...

    def now(self) -> float:
        """Unix seconds by the lesson's clock."""
        ...

    async def run(self) -> None:
        """The lesson's background work: watches, poll, files. Ends when cancelled."""
        ...

    async def changed(self, seen_version: int) -> LessonView:
        """Wait until the view is newer than `seen_version`, then return it."""
        ...

    async def check(self) -> LessonView:
        """Check my work: the current step."""
        ...

    async def go_to(self, slug: str) -> None: ...
    async def next_step(self) -> None: ...
    async def previous_step(self) -> None: ...
    async def more_hint(self, task: str = "") -> None:
        """Open the next hint of a task of the current step; without its id, of the one at hand."""
        ...

    async def write_starters(self, paths: tuple[str, ...]) -> ActionResult:
        """Write the missing files among `paths` from the starters; one that exists is left as it is."""
        ...

    def preview(self, action: str) -> str:
        """The kubectl command(s) an action stands for: "apply", "crash", "roll:2.0.0", "roll:1.0.0"."""
        ...

    def needs_confirmation(self, action: str) -> str:
        """The question to ask before the first write to this context, naming context and namespace; "" where it
        was already confirmed. Refusals (a context that is not local and was not named) come from `act`."""
        ...

    async def act(self, action: str) -> ActionResult: ...
    async def set_traffic(self, running: bool) -> None: ...
    async def set_rate(self, rate: float) -> None:
        """Calls a second of the version poll, 1 to 10."""
        ...
