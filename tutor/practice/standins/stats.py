"""stats: the orders that the monolith sent through kafka, as JSON and as a page."""

from __future__ import annotations

import asyncio
from typing import Any

from tutor.practice.standins import kafka_client, pages, spring_log
from tutor.practice.standins.application import Application
from tutor.practice.standins.http_server import Request, Response, Routes, html_response, json_response, redirect

PORT = 9002
TOPIC = "stats"
_MOST_ORDERS = 1000


async def run(application: Application) -> None:
    application.announce()
    await application.slow_start(3.0)
    orders: list[Any] = []

    async def take(message: Any) -> None:
        orders.append(message)
        del orders[:-_MOST_ORDERS]
        spring_log.info("c.h.stats.listener.OrderListener", f"received {message}", thread="consumer-0-C-1")

    async def listing(_request: Request) -> Response:
        return json_response(orders)

    async def page(_request: Request) -> Response:
        return html_response(pages.page("stats.html", title="Statistics"))

    async def home(_request: Request) -> Response:
        return redirect("/stats/stat-order")

    routes = Routes()
    routes.add("GET", "/stats/internal/orders", listing)
    routes.add("GET", "/stats/stat-order", page)
    routes.add("GET", "/stats", home)
    routes.add("GET", "/stats/", home)
    await asyncio.gather(
        application.serve_http(PORT, routes.answer), kafka_client.listen(application.outgoing, TOPIC, take)
    )
