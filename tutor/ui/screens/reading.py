"""The texts that open over the lesson."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.kubectl_way import own_kubectl
from tutor.lesson.view import CourseTexts, LessonView
from tutor.ui.screens.reader import Reader
from tutor.ui.widgets.key_help import KeyHelp
from tutor.ui.words import CONNECTION


def help_screen() -> Reader:
    return Reader("Keys", KeyHelp())


def cheat_sheet(texts: CourseTexts) -> Reader:
    return Reader("Cheat sheet", texts.cheatsheet or "This course has no cheat sheet.")


def welcome(texts: CourseTexts) -> Reader:
    return Reader(texts.title or "Welcome", texts.welcome or texts.about or "Welcome!", close="Begin")


def connection_text(view: LessonView, folder: Path) -> Reader:
    link = view.connection
    rows = [
        ("state", CONNECTION[link.state].word),
        ("context", link.context),
        ("namespace", link.namespace),
        ("kind", link.kind),
        ("version", link.version),
        ("may be written to", "yes" if link.writable else "no: name it with --context to allow it"),
        ("workspace", view.workspace),
        *((f"Service {name}", url) for name, url in sorted(view.service_urls.items())),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows if value)
    said = f"\n\n{link.message}" if link.message else ""
    own = ""
    if link.context:
        lines = own_kubectl(link, folder)
        own = f"\n\n## Your own kubectl\n\nType this first in a terminal of yours:\n\n```\n{lines}\n```"
    return Reader("The cluster", f"# The cluster\n\n| | |\n|---|---|\n{table}{said}{own}")
