"""A Service that is to be reached from outside of the cluster has a type that allows it."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding

SAY = Say(
    "service-type",
    "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
)


@rule("service-type", Level.MANIFEST, {"service": str, "types": list})
def service_type(given: CheckInput) -> list[Finding]:
    """The Service has a type that can be reached from outside of the cluster."""
    name, types = str(given.params["service"]), [str(kind) for kind in given.params["types"]]
    document = find_document(given, "Service", name)
    if document is None:
        return SAY.undefined(given, "Service", name)
    found = document.get("spec", "type")
    if found in types:
        return SAY.passed(f"The Service {name} has the type {found}.", **place(document, ("spec", "type")))
    expected = " or ".join(types)
    near = next((kind for kind in types if isinstance(found, str) and kind.lower() == found.lower()), "")
    if found is None:
        message = f"The Service {name} has no type, so it is a ClusterIP: reached from inside of the cluster alone."
    elif near:
        message = f"The type is written {near}, and {found} is none: capital letters count."
    elif found == "ClusterIP":
        message = f"The Service {name} has the type ClusterIP: it is reached from inside of the cluster alone."
    else:
        message = f"The type {found} does not lead to the pods of {name} from outside of the cluster."
    return SAY.failed(
        message,
        found=str(found) if found is not None else "no type",
        expected=expected,
        hint=f"Write type: {near or types[0]} under spec, at the depth of selector and ports.",
        **place(document, ("spec", "type"), key=found is None),
    )
