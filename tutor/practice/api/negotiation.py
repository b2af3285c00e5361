"""Which form of an answer the client asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.practice.store.errors import StatusError

Form = Literal["object", "table", "partial"]


@dataclass(frozen=True, slots=True)
class MediaType:
    """ "application/json;as=Table;v=v1;g=meta.k8s.io" taken apart; `quality` from 0 to 1."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    quality: float = 1.0

    def parameter(self, key: str) -> str:
        return dict(self.parameters).get(key, "")


def accepted(header: str) -> list[MediaType]:
    """The media types of an Accept header, in the order of preference."""
    types = []
    for part in header.split(","):
        name, *rest = (piece.strip() for piece in part.split(";"))
        pairs = tuple((key.strip(), value.strip()) for key, _, value in (item.partition("=") for item in rest))
        try:
            quality = float(dict(pairs).get("q", "1"))
        except ValueError:
            quality = 1.0
        if name:
            types.append(MediaType(name, pairs, quality))
    return sorted(types, key=lambda one: -one.quality)


def form(header: str) -> Form:
    """The first form of JSON that we can answer; "object" where none is asked for."""
    for one in accepted(header):
        if one.name not in ("application/json", "*/*", "application/*"):
            continue
        as_ = one.parameter("as")
        if as_ == "Table" and one.parameter("g") == "meta.k8s.io":
            return "table"
        if as_ in ("PartialObjectMetadata", "PartialObjectMetadataList"):
            return "partial"
        if not as_:
            return "object"
    return "object"


def wants_aggregated_discovery(header: str) -> bool:
    return any(
        one.name == "application/json" and one.parameter("as") == "APIGroupDiscoveryList" and one.parameter("v") == "v2"
        for one in accepted(header)
    )


_JSON_OR_ANY = ("application/json", "*/*", "application/*")
_REPRESENTATIONS = ("application/json", "application/yaml")


def wants_yaml(header: str) -> bool:
    first = next((one for one in accepted(header) if one.name in (*_JSON_OR_ANY, "application/yaml")), None)
    return first is not None and first.name == "application/yaml"


def check_acceptable(header: str) -> None:
    """Raises: `StatusError` 406 where the client takes nothing that we can answer."""
    types = accepted(header)
    if types and not any(one.name in (*_JSON_OR_ANY, "application/yaml") for one in types):
        text = f"406: Not Acceptable\n\nAvailable representations: {', '.join(_REPRESENTATIONS)}"
        raise StatusError(406, "NotAcceptable", text, {})
