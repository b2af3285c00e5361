"""The H2 server: 1521 (TCP), 81 (the console's page). Rows live as long as the container, as in the image."""

from __future__ import annotations

import asyncio
import html
import json
from typing import Any

from tutor.practice.standins import json_lines, pages
from tutor.practice.standins.application import Application
from tutor.practice.standins.http_server import Request, Response, Routes, html_response, redirect, serve_connection

TCP_PORT = 1521
CONSOLE_PORT = 81
_MOST_ROWS = 5000


class Tables:
    """The rows of each table, oldest dropped first beyond a bound."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Any]] = {}

    def answer(self, question: Any) -> Any:
        """{"insert": table, "row": row} or {"select": table} → {"rows": […]}; anything else → {"error": text}."""
        match question:
            case {"insert": str(table), "row": row}:
                rows = self._rows.setdefault(table, [])
                rows.append(row)
                del rows[:-_MOST_ROWS]
                return {"rows": []}
            case {"select": str(table)}:
                return {"rows": self._rows.get(table, [])}
        return {"error": "syntax error"}

    def names(self) -> dict[str, int]:
        return {table: len(rows) for table, rows in sorted(self._rows.items())}

    def rows(self, table: str) -> list[Any]:
        return self._rows.get(table, [])


async def run(application: Application) -> None:
    """The image starts at once; START_DELAY applies all the same."""
    tables = Tables()
    await application.slow_start(0.0)

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (question := await json_lines.read(reader)) is not None:
                json_lines.write(writer, tables.answer(question))
                await writer.drain()
        except ConnectionError:
            # A client that left in the middle of an answer.
            return
        finally:
            writer.close()

    routes = Routes()

    async def console(_request: Request) -> Response:
        listing = "".join(
            f"<h2>{html.escape(table)} <small>{count} rows</small></h2>"
            + "".join(f"<pre>{html.escape(json.dumps(row))}</pre>" for row in tables.rows(table)[-20:])
            for table, count in tables.names().items()
        )
        empty = "<p class=muted>No table yet. The user service writes here when somebody logs in.</p>"
        return html_response(pages.page("database.html", title="H2 Console", rows=listing or empty))

    async def to_console(_request: Request) -> Response:
        return redirect("/")

    routes.add("GET", "/", console)
    routes.add("GET", "/login.do", to_console)

    async def on_browser(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_connection(routes.answer, reader, writer)

    tcp = await application.listen(TCP_PORT, on_client)
    web = await application.listen(CONSOLE_PORT, on_browser)
    print(f"TCP server running at tcp://{application.configuration.hostname}:{TCP_PORT} (others can connect)")
    print(
        f"Web Console server running at http://{application.configuration.hostname}:{CONSOLE_PORT} (others can connect)"
    )
    async with tcp, web:
        await asyncio.gather(tcp.serve_forever(), web.serve_forever())
