"""Where the learner works: context, namespace and version, and whether the cluster answers."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tutor.lesson.view import Connection, ConnectionView
from tutor.ui.words import CONNECTION


class ConnectionBadge(Widget):
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ConnectionBadge { width: auto; height: 1; padding: 0 1; text-wrap: nowrap; pointer: pointer; }
    ConnectionBadge:hover { background: $boost; }
    """

    connection: reactive[ConnectionView] = reactive(ConnectionView(Connection.CONNECTING), layout=True)
    brief: reactive[bool] = reactive(False, layout=True)
    """Without namespace and version where there is little room."""

    class Asked(Message):
        """The learner wants to know more."""

    def render(self) -> Content:
        link = self.connection
        mark = CONNECTION[link.state]
        parts: list[str | tuple[str, str]] = [(f"{mark.sign} ", f"bold {mark.style}")]
        if link.context:
            parts.append((link.context, "bold"))
            if self.brief:
                parts.append((f"/{link.namespace}", "$foreground 60%"))
            else:
                parts += [("  namespace ", "$foreground 60%"), link.namespace]
                if link.version:
                    parts += [("  ", ""), (link.version, "$foreground 60%")]
        if link.state is not Connection.CONNECTED:
            parts.append((f"{'  ' if link.context else ''}{mark.word}", f"bold {mark.style}"))
        elif not link.writable and not self.brief:
            parts.append(("  read only", "bold $text-warning"))
        return Content.assemble(*parts)

    def on_click(self) -> None:
        self.post_message(self.Asked())
