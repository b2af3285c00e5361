"""The resources of the API: which URL serves which kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.kube.refs import KINDS


@dataclass(frozen=True, slots=True)
class Resource:
    """One plural of one group and version. `kind` is also the kind in the store."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def deprecation(self) -> str:
        """What every answer warns of."""
        return _DEPRECATED.get((self.group, self.version, self.plural), "")

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


_DEPRECATED = {
    ("", "v1", "endpoints"): "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}
_SECOND_VIEWS = (
    # The same objects under another group or version: answered converted.
    Resource("events.k8s.io", "v1", "events", "Event"),
    Resource("autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
)
_REVIEWS = (
    Resource("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=False),
    Resource("authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", namespaced=False),
    Resource("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", namespaced=False),
)

RESOURCES: Mapping[tuple[str, str, str], Resource] = {
    (resource.group, resource.version, resource.plural): resource
    for resource in (
        *(Resource(info.group, info.version, info.plural, info.kind, info.namespaced) for info in KINDS.values()),
        *_SECOND_VIEWS,
        *_REVIEWS,
    )
}

REVIEW_KINDS = frozenset(resource.kind for resource in _REVIEWS)
