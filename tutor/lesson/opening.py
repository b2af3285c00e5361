"""Opens a lesson from the settings: session, the recording of the workspace, the link to a cluster."""

from __future__ import annotations

from tutor.content.file_events import FolderEvents
from tutor.kube.times import Clock, SystemClock
from tutor.lesson.connecting import Link, StartPractice
from tutor.lesson.lesson import Lesson
from tutor.lesson.session import open_session
from tutor.lesson.settings import Settings


def open_lesson(settings: Settings, clock: Clock | None = None, start_practice: StartPractice | None = None) -> Lesson:
    """Raises: `Problem` where the course or the workspace cannot be opened. No cluster is no problem: the lesson
    says so, and goes on with the files alone. `start_practice` starts the practice cluster where no other runs."""
    clock = clock or SystemClock()
    session = open_session(settings)
    return Lesson(session, Link(session, clock, start_practice), clock, FolderEvents)
