"""Why a connection cannot be made. Each is an OSError, so callers that only pass traffic on need not tell them apart.

NetworkError(OSError)
├── UnknownHost        no such name in the cluster's DNS
├── NoSuchService      no Service of that name (the API server's proxy)
├── NoServicePort      the Service has no such port
└── NoEndpoints        the Service has no ready pod: refused, as the node's packet filter rejects it
"""

from __future__ import annotations


class NetworkError(OSError):
    """A virtual address that leads nowhere."""


class UnknownHost(NetworkError):
    def __init__(self, host: str) -> None:
        super().__init__(f"lookup {host}: no such host")
        self.host = host


class NoSuchService(NetworkError):
    def __init__(self, name: str) -> None:
        super().__init__(f'services "{name}" not found')
        self.name = name


class NoServicePort(NetworkError):
    def __init__(self, port: str, name: str) -> None:
        super().__init__(f'no service port {port} found for service "{name}"')
        self.name = name


class NoEndpoints(NetworkError, ConnectionRefusedError):
    def __init__(self, name: str) -> None:
        super().__init__(f'no endpoints available for service "{name}"')
        self.name = name
