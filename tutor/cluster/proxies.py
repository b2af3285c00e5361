"""The proxy of the environment by which an API server is reached, chosen as kubectl chooses it.

So a cluster on this machine is never asked through a proxy, and NO_PROXY may name networks, as minikube's handbook
tells its users to.
Source: golang.org/x/net/http/httpproxy, which kubectl uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def proxy_for(server: str, environment: Mapping[str, str]) -> str:
    """The proxy's URL; "" where the way to `server`, a URL, leads through none."""
    parts = urlsplit(server)
    proxy = _first(environment, f"{parts.scheme}_proxy")
    host = (parts.hostname or "").lower()
    if (
        not proxy
        or not host
        or _is_direct(host, parts.port or PORTS.get(parts.scheme, 0), _first(environment, "no_proxy"))
    ):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _first(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name.upper()) or environment.get(name, "")


def _is_direct(host: str, port: int, no_proxy: str) -> bool:
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    entries = (entry.strip().lower() for entry in no_proxy.split(","))
    return any(_matches(entry, host, address, port) for entry in entries if entry)


def _matches(entry: str, host: str, address: IPv4Address | IPv6Address | None, port: int) -> bool:
    """Whether an entry of NO_PROXY, e.g. "10.0.0.0/8", "192.168.49.2:8443", ".example.com", is about this host."""
    if entry == "*":
        return True
    if "/" in entry:
        try:
            return address is not None and address in ip_network(entry, strict=False)
        except ValueError:
            return False
    name, wanted = _parted(entry)
    if wanted and wanted != str(port):
        return False
    if (one := _address(name)) is not None:
        return one == address
    if name.startswith(("*.", ".")):
        return host.endswith(name.removeprefix("*"))
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _parted(entry: str) -> tuple[str, str]:
    """(host, port) of an entry; the port is "" where it has none."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, rest.removeprefix(":")
    name, colon, wanted = entry.rpartition(":")
    return (name, wanted) if colon and ":" not in name else (entry, "")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
