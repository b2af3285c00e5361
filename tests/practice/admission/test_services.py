from __future__ import annotations

import ipaddress
import random
from typing import Any

import pytest

from tutor.practice.admission import addresses, services
from tutor.practice.store.errors import Invalid

Object = dict[str, Any]


def service(name: str = "s", **spec: Any) -> Object:
    ports = [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    return {"kind": "Service", "metadata": {"name": name}, "spec": {"type": "ClusterIP", "ports": ports, **spec}}


def allocated(made: Object, old: Object | None = None, others: tuple[Object, ...] = ()) -> Object:
    spec: Object = services.allocate(made, old, others, random.Random(1))["spec"]
    return spec


def test_a_cluster_ip_comes_from_the_upper_band_and_is_nobody_elses() -> None:
    first = allocated(service())
    assert addresses.SERVICE_NETWORK[257] <= ipaddress.IPv4Address(first["clusterIP"])
    assert first["clusterIPs"] == [first["clusterIP"]]
    second = allocated(service("t"), others=(service(clusterIP=first["clusterIP"]),))
    assert second["clusterIP"] != first["clusterIP"]


def test_node_ports_come_from_the_upper_band_until_it_is_full() -> None:
    choose = random.Random(1)
    taken = {(port, "TCP") for port in range(30086, 32768)}
    assert addresses.next_node_port(set(), "TCP", choose) >= 30086
    assert addresses.next_node_port(taken, "TCP", choose) < 30086
    taken |= {(port, "TCP") for port in range(30000, 30086)}
    assert addresses.next_node_port(taken, "UDP", choose) >= 30086
    with pytest.raises(LookupError):
        addresses.next_node_port(taken, "TCP", choose)


def test_a_headless_service_and_a_name_elsewhere_get_no_address() -> None:
    assert allocated(service(clusterIP="None"))["clusterIP"] == "None"
    assert "clusterIP" not in allocated(service(type="ExternalName", externalName="x.org"))


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"type": "NodePort", "ports": [{"port": 80, "nodePort": 1234}]}, "The range of valid ports is 30000-32767"),
        ({"type": "NodePort", "ports": [{"port": 80, "nodePort": 31317}]}, "provided port is already allocated"),
        ({"clusterIP": "10.96.0.9"}, "provided IP is already allocated"),
        ({"clusterIP": "192.168.0.1"}, "the provided network does not match the current range"),
    ],
)
def test_what_is_taken_or_out_of_range_is_refused(spec: Object, why: str) -> None:
    other = service("o", type="NodePort", clusterIP="10.96.0.9", ports=[{"port": 1, "nodePort": 31317}])
    with pytest.raises(Invalid, match=why):
        allocated(service(**spec), others=(other,))


def test_a_manifest_sent_again_keeps_what_was_allocated() -> None:
    first = allocated(service(type="NodePort"))
    old = {"metadata": {"uid": "u"}, "spec": first}
    again = allocated(service(type="NodePort"), old)
    assert (again["clusterIP"], again["ports"]) == (first["clusterIP"], first["ports"])


def test_a_service_that_stops_being_a_node_port_gives_its_port_back() -> None:
    first = allocated(service(type="NodePort", externalTrafficPolicy="Cluster"))
    old = {"metadata": {"uid": "u"}, "spec": first}
    patched = service(ports=first["ports"], externalTrafficPolicy="Cluster", clusterIP=first["clusterIP"])
    now = allocated(patched, old)
    assert "nodePort" not in now["ports"][0]
    assert "externalTrafficPolicy" not in now
