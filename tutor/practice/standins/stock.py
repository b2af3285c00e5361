"""stock: how many of each article are left; orders from kafka lower it and are acknowledged."""

from __future__ import annotations

import asyncio
from typing import Any

from tutor.practice.standins import kafka_client, pages, spring_log
from tutor.practice.standins.application import Application
from tutor.practice.standins.http_server import Request, Response, Routes, html_response, json_response, redirect

PORT = 9003
TOPIC = "impact-stock"
TOPIC_ACKNOWLEDGED = "stock-acknowledged"
_ARTICLES = 10
_AT_FIRST = 100


async def run(application: Application) -> None:
    application.announce()
    await application.slow_start(3.0)
    left = dict.fromkeys(range(1, _ARTICLES + 1), _AT_FIRST)

    async def take(message: Any) -> None:
        """{"orderId": 1, "articleId": 2, "quantity": 3}."""
        number = int(message.get("articleId", 0))
        if number in left:
            left[number] = max(0, left[number] - int(message.get("quantity", 0)))
        spring_log.info("c.h.stock.listener.StockListener", f"received {message}", thread="consumer-0-C-1")
        await kafka_client.send(application.outgoing, TOPIC_ACKNOWLEDGED, {"orderId": message.get("orderId")})

    async def listing(_request: Request) -> Response:
        return json_response([{"articleId": number, "quantity": quantity} for number, quantity in left.items()])

    async def page(_request: Request) -> Response:
        return html_response(pages.page("stock.html", title="Stock"))

    async def home(_request: Request) -> Response:
        return redirect("/stock/articles")

    routes = Routes()
    routes.add("GET", "/stock/api", listing)
    routes.add("GET", "/stock/articles", page)
    routes.add("GET", "/stock", home)
    routes.add("GET", "/stock/", home)
    await asyncio.gather(
        application.serve_http(PORT, routes.answer), kafka_client.listen(application.outgoing, TOPIC, take)
    )
