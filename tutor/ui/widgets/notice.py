"""What stands in the way right now, in a sentence with what to do next: no cluster, a lost one, a full disk."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.lesson.view import Connection, ConnectionView
from tutor.ui.words import CONNECTION


class Notice(Static):
    """Hidden while there is nothing to say."""

    DEFAULT_CSS = """
    Notice { height: auto; max-height: 4; padding: 0 1; display: none; background: $warning-muted; color: $foreground; }
    Notice.-error { background: $error-muted; }
    """

    connection: reactive[ConnectionView] = reactive(ConnectionView(Connection.CONNECTED))
    remarks: reactive[tuple[str, ...]] = reactive(())
    put_away: frozenset[str] = frozenset()

    def watch_connection(self) -> None:
        self._draw()

    def watch_remarks(self) -> None:
        self._draw()

    def put_remarks_away(self) -> None:
        """What was read need not be said again; the state of the cluster is, as long as it lasts."""
        self.put_away = frozenset(self.remarks)
        self._draw()

    def _draw(self) -> None:
        lines: list[Content] = []
        link = self.connection
        self.set_class(link.state is Connection.LOST, "-error")
        if link.state in (Connection.LOST, Connection.NONE) and link.message:
            mark = CONNECTION[link.state]
            lines.append(Content.assemble((f"{mark.sign} ", f"bold {mark.style}"), link.message))
        lines += [
            Content.assemble(("! ", "bold $text-warning"), remark)
            for remark in self.remarks
            if remark not in self.put_away
        ]
        self.display = bool(lines)
        self.update(Content("\n").join(lines))
