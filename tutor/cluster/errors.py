"""What can go wrong between the tutor and a cluster.

    ClusterError
    ├── Unreachable        no answer: refused, timed out, reset, a certificate that does not fit, a server in trouble
    ├── Unauthorised       the API server does not know us, or the sign-in program of the kubeconfig failed
    ├── NotFoundError      the object, the kind or the namespace is not there
    ├── Refused            the API server understood and said no
    │   └── Invalid        … because of fields
    ├── Expired            410: the resourceVersion is too old, list again
    ├── BrokenKubeconfig   a kubeconfig that cannot be read or does not fit together
    │   └── MissingContext
    └── NoCluster          nothing to talk to was found

Every message is a sentence for a learner that says what to do next; where the API server spoke, it holds its own words.
"""

from __future__ import annotations

from collections.abc import Iterable


class ClusterError(Exception):
    """Base of all errors that leave this package."""


class Unreachable(ClusterError):
    """`kind` is "refused", "timeout", "reset", "certificate", "name", "server" or "closed"."""

    def __init__(self, message: str, kind: str = "refused") -> None:
        super().__init__(message)
        self.kind = kind


class Unauthorised(ClusterError):
    pass


class NotFoundError(ClusterError):
    pass


class Refused(ClusterError):
    """`reason` is the API server's, e.g. "Forbidden", "Conflict", "BadRequest"; `status` its HTTP status."""

    def __init__(self, message: str, reason: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status


class Invalid(Refused):
    """`fields` holds (path, message) of each cause, e.g. ("spec.replicas", "Invalid value: -1: must be …")."""

    def __init__(
        self, message: str, fields: Iterable[tuple[str, str]], reason: str = "Invalid", status: int = 422
    ) -> None:
        super().__init__(message, reason, status)
        self.fields = tuple(fields)


class Expired(ClusterError):
    pass


class BrokenKubeconfig(ClusterError):
    pass


class MissingContext(BrokenKubeconfig):
    """`known` names the contexts that exist."""

    def __init__(self, message: str, known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.known = known


class NoCluster(ClusterError):
    pass
