"""URLs of objects: the kinds that are known, and any other that the server's discovery names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from tutor.cluster.errors import NotFoundError
from tutor.cluster.status import error_of
from tutor.cluster.wire import Wire, as_json
from tutor.kube.refs import KINDS


@dataclass(frozen=True, slots=True)
class Resource:
    api_version: str
    kind: str
    plural: str
    namespaced: bool
    builtin: bool
    """Kubernetes' own: takes strategic-merge patches."""

    def path(self, namespace: str, name: str = "") -> str:
        root = f"/api/{self.api_version}" if "/" not in self.api_version else f"/apis/{self.api_version}"
        place = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced else ""
        return f"{root}{place}/{self.plural}" + (f"/{quote(name, safe='')}" if name else "")


def known(kind: str, api_version: str = "") -> Resource | None:
    """A kind that needs no discovery: in its usual version unless another one is named."""
    info = KINDS.get(kind)
    if info is None or (api_version and api_version != info.api_version):
        return None
    return Resource(info.api_version, kind, info.plural, info.namespaced, True)


class Discovery:
    """Asks the server for what `known` does not know; what it said is kept."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._found: dict[tuple[str, str], Resource] = {}

    async def find(self, kind: str, api_version: str = "") -> Resource:
        """Raises: `NotFoundError` in kubectl's words, `Unreachable`."""
        resource = known(kind, api_version) or self._found.get((api_version, kind))
        if resource is not None:
            return resource
        if api_version:
            root = f"/api/{api_version}" if "/" not in api_version else f"/apis/{api_version}"
            answer = await self._wire.call("GET", quote(root))
            if answer.status not in (200, 404):
                raise error_of(answer, f"a question for the kinds of {api_version}")
            listed = as_json(answer.body) if answer.status == 200 else None
            for entry in (listed or {}).get("resources") or []:
                if entry.get("kind") == kind and "/" not in entry.get("name", "/"):
                    builtin = "." not in api_version.split("/")[0] or api_version.split("/")[0].endswith(".k8s.io")
                    found = Resource(api_version, kind, entry["name"], bool(entry.get("namespaced")), builtin)
                    self._found[api_version, kind] = found
                    return found
        raise NotFoundError(f'no matches for kind "{kind}" in version "{api_version}"')
