"""A user, as authentication tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

AUTHENTICATED = "system:authenticated"
"""The group of everybody who is known."""
SERVICE_ACCOUNT = "system:serviceaccount:"
"""How the names of ServiceAccounts begin; namespace and name follow."""


@dataclass(frozen=True, slots=True)
class User:
    name: str
    groups: tuple[str, ...]
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_administrator(self) -> bool:
        return "system:masters" in self.groups

    def info(self) -> dict[str, Any]:
        """The authentication/v1 UserInfo."""
        info: dict[str, Any] = {"username": self.name}
        if self.uid:
            info["uid"] = self.uid
        info["groups"] = list(self.groups)
        if self.extra:
            info["extra"] = {key: list(values) for key, values in self.extra.items()}
        return info


def service_account(
    namespace: str, name: str, uid: str = "", extra: Mapping[str, tuple[str, ...]] | None = None
) -> User:
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", AUTHENTICATED)
    return User(f"{SERVICE_ACCOUNT}{namespace}:{name}", groups, uid, extra or {})


ADMINISTRATOR = User("practice-user", ("system:masters", AUTHENTICATED))
"""Whoever has the token of the kubeconfig."""
