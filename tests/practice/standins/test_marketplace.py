"""What the applications answer: routes, login, versions, the crash, orders through kafka. Facts of the real ones."""

from __future__ import annotations

import json

import pytest

from tests.practice.life.kube import call, get, until
from tests.practice.standins.marketplace import Site


def test_who_is_not_logged_in_is_sent_to_the_login_or_refused(market: Site) -> None:
    status, headers, _ = market.ask("GET", "/", html=True)
    assert (status, headers["Location"]) == (302, "/mono/articles")
    status, headers, _ = market.ask("GET", "/mono/articles", html=True)
    assert (status, headers["Location"]) == (302, "/login")
    status, _, body = market.ask("GET", "/user/internal/version")
    assert (status, json.loads(body)["error"]) == (401, "Unauthorized")


@pytest.mark.parametrize("name", ["nico", "eric", "beni", "admin", "user"])
def test_each_account_s_password_is_its_name(market: Site, name: str) -> None:
    assert market.log_in(name).startswith("JSESSIONID=")


@pytest.mark.parametrize("form", ["", "username=nico", "username=nico&password=beni", "username=root&password=root"])
def test_others_are_refused(market: Site, form: str) -> None:
    status, headers, body = market.ask("POST", "/perform_login", form=form or "x=y")
    assert (status, json.loads(body)["status"]) == (401, 401)
    assert "Set-Cookie" not in headers


def test_a_login_is_on_record_and_ends_with_logout(market: Site) -> None:
    cookie = market.log_in("beni")
    status, _, body = market.ask("GET", "/user/internal/activity", cookie=cookie)
    assert status == 200
    assert {"username": "beni", "activityType": "LOGIN"}.items() <= json.loads(body)[-1].items()
    assert market.ask("POST", "/perform_logout", cookie=cookie)[0] == 200
    assert market.ask("GET", "/user/internal/activity", cookie=cookie)[0] == 401
    _, _, body = market.ask("GET", "/user/internal/activity", cookie=market.log_in("eric"))
    assert ("beni", "LOGOUT") in [(row["username"], row["activityType"]) for row in json.loads(body)]


def test_the_version_says_which_image_answers_and_since_when(market: Site) -> None:
    cookie = market.log_in()
    answers = [json.loads(market.ask("GET", "/user/internal/version", cookie=cookie)[2]) for _ in range(2)]
    assert [answer["name"] for answer in answers] == ["1.0.0", "1.0.0"]
    assert set(answers[0]) == {"name", "createdDate", "sendDate"}
    assert answers[0]["createdDate"] == answers[1]["createdDate"]
    assert answers[0]["sendDate"] <= answers[1]["sendDate"]


def test_a_crash_ends_the_process_with_code_0_and_it_comes_back(market: Site) -> None:
    cookie = market.log_in()
    before = restarts(market)
    status, _, body = market.ask("GET", "/user/crash", cookie=cookie)
    assert (status, json.loads(body)["message"]) == (500, "user:9001 failed to respond")
    until(lambda: restarts(market) == before + 1, "the restart is counted")
    pod = user(market)
    last = pod["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (0, "Completed")
    status, _, body = market.ask("GET", "/user/internal/version", cookie=cookie)
    if status != 200:
        assert json.loads(body)["message"] == "Connect to user:9001 failed: Connection refused"
    market.log_in()


def user(market: Site) -> dict[str, object]:
    pods = get(market.state, market.port, "/api/v1/namespaces/default/pods?labelSelector=app%3Duser")["items"]
    return dict(pods[0]["status"]["containerStatuses"][0])


def restarts(market: Site) -> int:
    return int(str(user(market)["restartCount"]))


@pytest.mark.parametrize(
    "path", ["/mono/nope", "/user/nope", "/stats/nope", "/stock/nope", "/nope", "/mono/internal/orders/99/pay"]
)
def test_what_is_not_there(market: Site, path: str) -> None:
    assert market.ask("GET", path, cookie=market.log_in())[0] in (404, 405)


def test_ten_articles(market: Site) -> None:
    _, _, body = market.ask("GET", "/mono/internal/articles", cookie=market.log_in())
    articles = json.loads(body)
    assert len(articles) == 10
    assert {"id", "name", "price"} <= set(articles[0])


def test_a_paid_order_reaches_statistics_and_stock(market: Site) -> None:
    cookie = market.log_in()

    def ask(method: str, path: str, body: object = None) -> tuple[int, object]:
        status, _, text = market.ask(method, path, body, cookie=cookie)
        return status, json.loads(text) if text else None

    base = "/mono/internal/orders"
    _, order = ask("GET", f"{base}/current")
    assert isinstance(order, dict)
    number = order["id"]
    assert ask("POST", f"{base}/{number}/pay")[0] == 400
    _, order = ask("POST", f"{base}/{number}/add-article", {"articleId": 7, "quantity": 3})
    assert isinstance(order, dict)
    assert order["totalAmount"] == 210.0
    _, order = ask("POST", f"{base}/{number}/add-article", {"articleId": 8, "quantity": 1})
    assert isinstance(order, dict)
    _, order = ask("DELETE", f"{base}/{number}/order-lines/{order['orderLines'][1]['id']}")
    assert isinstance(order, dict)
    assert len(order["orderLines"]) == 1
    assert ask("POST", f"{base}/{number}/add-article", {"articleId": 99})[0] == 404
    assert ask("POST", f"{base}/{number}/add-article", {"articleId": 1, "quantity": -1})[0] == 400
    assert ask("POST", f"{base}/{number}/add-article", [])[0] == 400
    status, paid = ask("POST", f"{base}/{number}/pay")
    assert isinstance(paid, dict)
    assert (status, paid["status"]) == (200, "PAID")
    assert ask("POST", f"{base}/{number}/pay")[0] == 400

    def left() -> int:
        _, stock = ask("GET", "/stock/api")
        assert isinstance(stock, list)
        return int(next(one["quantity"] for one in stock if one["articleId"] == 7))

    until(lambda: left() == 97, "stock took the order")

    def history() -> list[str]:
        _, orders = ask("GET", f"{base}/history")
        assert isinstance(orders, list)
        return [one["status"] for one in orders if one["id"] == number]

    until(lambda: history() == ["SENT"], "the order is acknowledged")
    _, orders = ask("GET", "/stats/internal/orders")
    assert isinstance(orders, list)
    assert number in [one["orderId"] for one in orders]


def test_the_logs_are_those_of_a_spring_application(market: Site) -> None:
    log = market.logs("gateway")
    assert "Starting Application v1.0.0 on gateway-" in log
    assert "Tomcat started on port(s): 8080 (http) with context path ''" in log
    assert "Traceback" not in "".join(market.logs(name) for name in ("gateway", "user", "monolith", "stats", "kafka"))


def test_without_its_user_service_nobody_can_log_in_and_the_page_says_why(market: Site) -> None:
    path = "/apis/apps/v1/namespaces/default/deployments/user/scale"
    scale = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "user", "namespace": "default"}}
    call(market.state, market.port, "PUT", path, {**scale, "spec": {"replicas": 0}})

    def refused() -> bool:
        return market.ask("POST", "/perform_login", form="username=nico&password=nico")[0] == 500

    try:
        until(refused, "the login fails")
        status, _, body = market.ask("POST", "/perform_login", form="username=nico&password=nico", html=True)
        assert status == 500
        assert "The user service did not answer, so nobody can log in" in body
    finally:
        call(market.state, market.port, "PUT", path, {**scale, "spec": {"replicas": 1}})
    market.log_in()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"",
    ],
    ids=["negative length", "huge length", "TLS", "no path", "long path", "nothing"],
)
def test_what_is_no_request_ends_the_connection_and_nothing_else(market: Site, request_: bytes) -> None:
    import socket

    host, _, port = market.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65536):
                pass
        except ConnectionError:
            # Reset instead of closed: an end as well.
            pass
    assert market.ask("GET", "/login")[0] == 200
