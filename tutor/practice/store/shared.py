"""What all views of one store have in common beside the objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
Admit = Callable[[Object], Object]
"""A new object → the object as it is stored. Raises: `StatusError` to refuse it."""
Own = Callable[[Object | None, Object, str, str], Object]
"""(the object before, the object now, the manager, the subresource) → the object with its managedFields."""


@dataclass(slots=True)
class Shared:
    resource_version: int = 0
    admit: Admit = lambda obj: obj
    own: Own = lambda old, new, manager, subresource: new
