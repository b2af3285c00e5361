"""The monolith: articles and orders; tells stats and stock about paid orders through kafka, best effort."""

from __future__ import annotations

import asyncio
import html
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tutor.practice.standins import kafka_client, pages, spring_log
from tutor.practice.standins.application import Application, spring_time
from tutor.practice.standins.http_server import (
    BadBody,
    Request,
    Response,
    Routes,
    error_response,
    html_response,
    json_response,
    redirect,
)

PORT = 8090
TOPIC_STATS = "stats"
TOPIC_STOCK = "impact-stock"
TOPIC_ACKNOWLEDGED = "stock-acknowledged"
_NAMES = (
    *("Notebook", "Pencil", "Backpack", "Desk lamp", "Water bottle"),
    *("Headphones", "Keyboard", "Mouse", "Coffee mug", "Umbrella"),
)


@dataclass(slots=True)
class Monolith:
    application: Application
    articles: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"id": number, "name": name, "price": number * 10.0} for number, name in enumerate(_NAMES, start=1)
        ]
    )
    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    """In memory: a restart begins anew."""
    _last_order: int = 0
    _last_line: int = 0
    _sending: set[asyncio.Task[Any]] = field(default_factory=set)

    def routes(self) -> Routes:
        routes = Routes()
        routes.add("GET", "/mono", self.home)
        routes.add("GET", "/mono/", self.home)
        routes.add("GET", "/mono/articles", self.articles_page)
        routes.add("GET", "/mono/internal/articles", self.list_articles)
        orders = "/mono/internal/orders"
        routes.add("GET", f"{orders}/current", self.current)
        routes.add("GET", f"{orders}/history", self.history)
        routes.add("POST", f"{orders}/{{order}}/add-article", self.add_article)
        routes.add("POST", f"{orders}/{{order}}/pay", self.pay)
        routes.add("DELETE", f"{orders}/{{order}}/order-lines/{{line}}", self.remove_line)
        return routes

    async def home(self, _request: Request) -> Response:
        return redirect("/mono/articles")

    async def articles_page(self, _request: Request) -> Response:
        cards = "".join(
            f'<article class="card"><h2>{html.escape(a["name"])}</h2><span class="price">{a["price"]:.2f} €</span>'
            f'<button type="button" data-article="{a["id"]}">Add to order</button></article>'
            for a in self.articles
        )
        return html_response(pages.page("articles.html", title="Articles", articles=cards))

    async def list_articles(self, _request: Request) -> Response:
        return json_response(self.articles)

    async def current(self, _request: Request) -> Response:
        return json_response(self._current())

    def _current(self) -> dict[str, Any]:
        """The one order that is not paid yet; a new one where there is none."""
        for order in self.orders.values():
            if order["status"] == "PENDING":
                return order
        self._last_order += 1
        order = {"id": self._last_order, "status": "PENDING", "orderLines": [], "totalAmount": 0.0}
        self.orders[self._last_order] = order
        return order

    async def history(self, _request: Request) -> Response:
        return json_response([order for order in self.orders.values() if order["status"] != "PENDING"])

    def _find(self, request: Request) -> dict[str, Any] | None:
        number = request.values["order"]
        return self.orders.get(int(number)) if number.isdigit() else None

    async def add_article(self, request: Request) -> Response:
        """Body: {"articleId": 1, "quantity": 1}; also as query parameters."""
        order = self._find(request)
        given = request.json() if request.body else {name: values[0] for name, values in request.query.items()}
        try:
            number, quantity = int(given["articleId"]), int(given.get("quantity", 1))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise BadBody("articleId and quantity are needed") from error
        article = next((one for one in self.articles if one["id"] == number), None)
        if order is None or article is None or order["status"] != "PENDING":
            return error_response(404, request.path, "no such order or article")
        if not 1 <= quantity <= 1000:
            raise BadBody("quantity is between 1 and 1000")
        self._last_line += 1
        order["orderLines"].append({"id": self._last_line, "article": article, "quantity": quantity})
        _total(order)
        return json_response(order)

    async def remove_line(self, request: Request) -> Response:
        order = self._find(request)
        if order is None or order["status"] != "PENDING":
            return error_response(404, request.path, "no such order")
        order["orderLines"] = [line for line in order["orderLines"] if str(line["id"]) != request.values["line"]]
        _total(order)
        return json_response(order)

    async def pay(self, request: Request) -> Response:
        order = self._find(request)
        if order is None or order["status"] != "PENDING" or not order["orderLines"]:
            return error_response(400, request.path, "nothing to pay")
        order["status"] = "PAID"
        order["paymentDate"] = spring_time(datetime.now(UTC))
        spring_log.info("c.h.monolith.service.OrderService", f"order {order['id']} paid", thread="http-nio-8090-exec-1")
        # The customer does not wait for kafka.
        task = asyncio.create_task(self._tell(dict(order)))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return json_response(order)

    async def _tell(self, order: dict[str, Any]) -> None:
        outgoing = self.application.outgoing
        summary = {"orderId": order["id"], "totalAmount": order["totalAmount"], "date": order["paymentDate"]}
        await kafka_client.send(outgoing, TOPIC_STATS, summary)
        for line in order["orderLines"]:
            impact = {"orderId": order["id"], "articleId": line["article"]["id"], "quantity": line["quantity"]}
            await kafka_client.send(outgoing, TOPIC_STOCK, impact)

    async def acknowledged(self, message: Any) -> None:
        """From stock: {"orderId": 1}."""
        order = self.orders.get(int(message.get("orderId", 0)))
        if order is not None:
            order["status"] = "SENT"
            spring_log.info(
                "c.h.monolith.listener.StockListener", f"stock took order {order['id']}", thread="consumer-0"
            )


def _total(order: dict[str, Any]) -> None:
    order["totalAmount"] = sum(line["article"]["price"] * line["quantity"] for line in order["orderLines"])


async def run(application: Application) -> None:
    application.announce()
    await application.slow_start(3.0)
    monolith = Monolith(application)
    await asyncio.gather(
        application.serve_http(PORT, monolith.routes().answer),
        kafka_client.listen(application.outgoing, TOPIC_ACKNOWLEDGED, monolith.acknowledged),
    )
