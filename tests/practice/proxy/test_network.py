"""Addresses of pods, and what a name or an address leads to. Source: kubernetes.io, Services; DNS for Services."""

from __future__ import annotations

import pytest

from tests.practice.proxy.town import Town, heard
from tutor.practice.proxy import services
from tutor.practice.proxy.errors import NoEndpoints, NoServicePort, NoSuchService, UnknownHost


def test_addresses_are_given_in_order_and_not_again_at_once(town: Town) -> None:
    first, second = town.network.allocate("a"), town.network.allocate("b")
    assert (first, second) == ("10.244.0.2", "10.244.0.3")
    town.network.release("a")
    assert town.network.allocate("c") == "10.244.0.4"
    assert town.network.address_of("a") == ""


def test_four_thousand_pods_have_four_thousand_addresses(town: Town) -> None:
    addresses = {town.network.allocate(str(number)) for number in range(4000)}
    assert len(addresses) == 4000
    assert all(services.is_address(address) for address in addresses)


async def test_only_ports_that_a_process_listens_on_are_there(town: Town) -> None:
    address = await town.pod("a")
    assert await heard(await town.network.connect(address, 8080)) == "a"
    with pytest.raises(ConnectionRefusedError, match=rf"dial tcp {address}:81: connect: connection refused"):
        await town.network.connect(address, 81)
    town.network.release("a")
    with pytest.raises(ConnectionRefusedError):
        await town.network.connect(address, 8080)


async def test_two_pods_have_the_same_port(town: Town) -> None:
    first, second = await town.pod("a"), await town.pod("b")
    assert await heard(await town.network.connect(first, 8080)) == "a"
    assert await heard(await town.network.connect(second, 8080)) == "b"


@pytest.mark.parametrize(
    "host",
    ["web", "web.default", "web.default.svc", "web.default.svc.cluster.local", "WEB.", "10.96.0.9"],
)
async def test_a_service_is_found_by_each_of_its_names(town: Town, host: str) -> None:
    town.service()
    town.slice(await town.pod("a"))
    assert await heard(await town.network.connect_host("default", host, 80)) == "a"


async def test_a_short_name_means_the_pod_s_own_namespace(town: Town) -> None:
    town.service(namespace="other", clusterIP="10.96.0.10")
    town.slice(await town.pod("a"), namespace="other")
    assert await heard(await town.network.connect_host("other", "web", 80)) == "a"
    assert await heard(await town.network.connect_host("default", "web.other", 80)) == "a"
    with pytest.raises(UnknownHost, match="lookup web: no such host"):
        await town.network.connect_host("default", "web", 80)


@pytest.mark.parametrize("host", ["nosuch", "web.nosuch", "web.default.pod", "example.org", "a.b.c.d.e.f", ""])
async def test_other_names_are_unknown(town: Town, host: str) -> None:
    town.service()
    with pytest.raises(UnknownHost):
        await town.network.connect_host("default", host, 80)


@pytest.mark.parametrize("host", ["8.8.8.8", "127.0.0.1", "192.168.49.2", "10.96.0.77"])
async def test_no_address_beyond_the_cluster_is_reached(town: Town, host: str) -> None:
    town.service()
    with pytest.raises(ConnectionRefusedError):
        await town.network.connect_host("default", host, 80)


async def test_a_service_without_a_ready_pod_refuses(town: Town) -> None:
    town.service()
    with pytest.raises(NoEndpoints):
        await town.network.connect_host("default", "web", 80)
    town.slice(await town.pod("a"), ready=False, serving=False)
    with pytest.raises(ConnectionRefusedError):
        await town.network.connect_host("default", "web", 80)


async def test_another_port_of_a_service_refuses(town: Town) -> None:
    town.service()
    town.slice(await town.pod("a"))
    with pytest.raises(ConnectionRefusedError):
        await town.network.connect_host("default", "web", 8080)


async def test_ready_pods_share_the_connections(town: Town) -> None:
    town.service()
    town.slice(await town.pod("a"), await town.pod("b"))
    town.slice(await town.pod("c"), name="web-2", ready=False, serving=True)
    answers = [await heard(await town.network.connect_host("default", "web", 80)) for _ in range(40)]
    assert set(answers) == {"a", "b"}


async def test_pods_that_end_serve_only_where_no_other_does(town: Town) -> None:
    town.service()
    town.slice(await town.pod("ending"), ready=False, serving=True, terminating=True)
    assert await heard(await town.network.connect_host("default", "web", 80)) == "ending"
    town.slice(await town.pod("ready"), name="web-2")
    answers = {await heard(await town.network.connect_host("default", "web", 80)) for _ in range(20)}
    assert answers == {"ready"}


async def test_a_headless_name_leads_to_the_pods_themselves(town: Town) -> None:
    town.service(clusterIP="None")
    address = await town.pod("a")
    town.slice(address)
    assert town.network.lookup("default", "web") == [address]
    assert await heard(await town.network.connect_host("default", "web", 8080)) == "a"


def test_what_dns_answers(town: Town) -> None:
    town.service()
    assert town.network.lookup("default", "web") == ["10.96.0.9"]
    assert town.network.lookup("other", "10.1.2.3") == ["10.1.2.3"]
    assert town.network.full_name("default", "web") == "web.default.svc.cluster.local"
    with pytest.raises(UnknownHost):
        town.network.lookup("other", "web")


async def test_the_api_server_s_proxy_takes_a_port_by_number_or_name(town: Town) -> None:
    ports = [
        {"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"},
        {"name": "admin", "port": 81, "targetPort": 9090, "protocol": "TCP"},
    ]
    town.service(ports=ports)
    address = await town.pod("a")
    town.slice(address, port_name="http")
    for port in (80, "80", "http"):
        assert await heard(await town.network.connect_service("default", "web", port)) == "a"
    with pytest.raises(NoServicePort):
        await town.network.connect_service("default", "web", "nope")
    with pytest.raises(NoSuchService):
        await town.network.connect_service("default", "nope", 80)
    with pytest.raises(NoEndpoints, match='no endpoints available for service "web"'):
        await town.network.connect_service("default", "web", "admin")
