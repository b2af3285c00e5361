"""The step's files: their names, and the chosen one with its findings; a missing one can be had as a starter."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tutor.core.finding import Finding, Severity, Verdict
from tutor.lesson.view import FileView
from tutor.ui.widgets.chip import Chip
from tutor.ui.widgets.code import CodeView
from tutor.ui.widgets.strip import Name, NameStrip
from tutor.ui.words import FAILED, WARNING, short_path


class FilesPane(Vertical):
    DEFAULT_CSS = """
    FilesPane { height: 1fr; }
    FilesPane > #file-bar { height: 1; background: $surface; }
    FilesPane > #file-bar > #edit { margin: 0; }
    FilesPane > #missing { height: 1fr; padding: 1 2; }
    FilesPane #missing-text { height: auto; margin-bottom: 1; }
    """

    files: reactive[tuple[FileView, ...]] = reactive(())
    shown: reactive[str] = reactive("")
    """Path of the file that is seen."""
    selected: reactive[Finding | None] = reactive(None)

    class Shown(Message):
        """Another file is seen."""

    def compose(self) -> ComposeResult:
        with Horizontal(id="file-bar"):
            yield NameStrip(id="file-names")
            yield Chip("Edit", "e", "edit", id="edit")
        with Vertical(id="missing"):
            yield Static(id="missing-text")
            yield Chip("Write the starter", "s", "starters", id="write-starters", classes="-primary")
        yield CodeView(id="code")

    @property
    def file(self) -> FileView | None:
        return next((file for file in self.files if file.path == self.shown), None)

    def watch_files(self, files: tuple[FileView, ...]) -> None:
        if self.file is None:
            self.shown = files[0].path if files else ""
        self._draw()

    def watch_shown(self) -> None:
        self._draw()
        self.post_message(self.Shown())

    def watch_selected(self) -> None:
        self._draw()

    def on_mount(self) -> None:
        self._draw()

    def move(self, by: int) -> None:
        """Show the next file, or the one before; from the last on to the first."""
        paths = [file.path for file in self.files]
        if paths:
            self.shown = paths[(paths.index(self.shown) + by) % len(paths)]

    def show_finding(self, finding: Finding) -> None:
        if any(file.path == finding.file for file in self.files):
            self.shown = finding.file
            self.selected = finding
            code = self.query_one(CodeView)
            code.show_finding(finding)
            # Once more when it is laid out: before its first time on the screen it has no height.
            self.call_after_refresh(code.show_finding, finding)

    def sees(self, finding: Finding) -> bool:
        """Whether a finding can be read as it is now."""
        return self.shown == finding.file and self.query_one(CodeView).sees(finding)

    def _draw(self) -> None:
        if not self.children:
            return
        strip = self.query_one(NameStrip)
        strip.names = tuple(_name(file) for file in self.files)
        strip.chosen = self.shown
        file = self.file
        code = self.query_one(CodeView)
        missing = self.query_one("#missing")
        exists = file is not None and file.exists
        code.display = exists
        missing.display = not exists
        self.query_one("#edit").display = file is not None
        if file is None:
            self.query_one("#missing-text", Static).update(
                Content("This step has no file of its own: it is about what happens in the cluster.")
            )
            self.query_one("#write-starters").display = False
        elif not exists:
            self.query_one("#missing-text", Static).update(_missing(file))
            self.query_one("#write-starters").display = file.starter_offered
        else:
            code.text = file.text
            code.findings = file.findings
            code.selected = self.selected if self.selected in file.findings else None

    def on_name_strip_chosen(self, event: NameStrip.Chosen) -> None:
        event.stop()
        self.shown = event.name


def _missing(file: FileView) -> Content:
    text = Content.assemble((file.path, "bold"), " does not exist yet.")
    if file.starter_offered:
        return text + "\n\nTake the starter, which has the frame of it and says what is to do, or write it yourself."
    return text + "\n\nWrite it with your editor: e opens it."


def _name(file: FileView) -> Name:
    failed = [finding for finding in file.findings if finding.verdict is Verdict.FAILED]
    blocking = sum(finding.severity is Severity.ERROR for finding in failed)
    if not file.exists:
        return Name(file.path, short_path(file.path), badge="missing", badge_style="$text-warning")
    if blocking:
        return Name(file.path, short_path(file.path), badge=f"{FAILED.sign}{blocking}", badge_style=FAILED.style)
    if failed:
        return Name(file.path, short_path(file.path), badge=WARNING.sign, badge_style=WARNING.style)
    return Name(file.path, short_path(file.path))
