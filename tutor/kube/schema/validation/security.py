"""Security contexts of pods and containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import Errors, each_invalid, invalid, not_supported, required

Object = Mapping[str, Any]

MOST_ID = 2**31 - 1


def container_security(context: Object | None, at: Path) -> Errors:
    if context is None:
        return
    yield from _ids(context, ("runAsUser", "runAsGroup"), at)
    mount = context.get("procMount")
    if mount is not None and mount not in ("Default", "Unmasked"):
        yield not_supported((*at, "procMount"), mount, ("Default", "Unmasked"))
    elif mount == "Unmasked":
        yield invalid((*at, "procMount"), mount, "`hostUsers` must be false to use `Unmasked`")
    yield from _seccomp(context.get("seccompProfile"), (*at, "seccompProfile"))
    if context.get("allowPrivilegeEscalation") is False:
        shown = _shown(context)
        if context.get("privileged"):
            yield invalid(at, shown, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
        if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or []):
            yield invalid(
                at, shown, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
            )


def pod_security(context: Object | None, at: Path) -> Errors:
    if context is None:
        return
    yield from _ids(context, ("fsGroup", "runAsUser", "runAsGroup"), at)
    for index, group in enumerate(context.get("supplementalGroups") or []):
        yield from each_invalid((*at, "supplementalGroups", index), group, texts.in_range(group, 0, MOST_ID))
    for field, allowed in (
        ("fsGroupChangePolicy", ("Always", "OnRootMismatch")),
        ("supplementalGroupsPolicy", ("Merge", "Strict")),
    ):
        if (value := context.get(field)) is not None and value not in allowed:
            yield not_supported((*at, field), value, allowed)
    yield from _seccomp(context.get("seccompProfile"), (*at, "seccompProfile"))


def _ids(context: Object, fields: tuple[str, ...], at: Path) -> Errors:
    for field in fields:
        if (value := context.get(field)) is not None:
            yield from each_invalid((*at, field), value, texts.in_range(value, 0, MOST_ID))


def _seccomp(profile: Object | None, at: Path) -> Errors:
    if profile is None:
        return
    kind, allowed = profile.get("type", ""), ("Localhost", "RuntimeDefault", "Unconfined")
    if not kind:
        yield required((*at, "type"), "type is required when seccompProfile is set")
    elif kind not in allowed:
        yield not_supported((*at, "type"), kind, allowed)
    local = profile.get("localhostProfile")
    if kind == "Localhost" and local is None:
        yield required((*at, "localhostProfile"), "must be set when seccomp type is Localhost")
    elif kind != "Localhost" and local is not None:
        shown = {"Type": kind, "LocalhostProfile": local}
        yield invalid((*at, "localhostProfile"), shown, "can only be set when seccomp type is Localhost")


_INTERNAL = (
    ("Capabilities", "capabilities"),
    ("Privileged", "privileged"),
    ("SELinuxOptions", "seLinuxOptions"),
    ("WindowsOptions", "windowsOptions"),
    ("RunAsUser", "runAsUser"),
    ("RunAsGroup", "runAsGroup"),
    ("RunAsNonRoot", "runAsNonRoot"),
    ("ReadOnlyRootFilesystem", "readOnlyRootFilesystem"),
    ("AllowPrivilegeEscalation", "allowPrivilegeEscalation"),
    ("ProcMount", "procMount"),
    ("SeccompProfile", "seccompProfile"),
    ("AppArmorProfile", "appArmorProfile"),
)


def _shown(context: Object) -> dict[str, Any]:
    """As the API server's own type of it is printed: with Go's names, absent fields as null."""
    shown = {go: _go_names(context.get(name)) for go, name in _INTERNAL}
    if (capabilities := shown["Capabilities"]) is not None:
        shown["Capabilities"] = {name: capabilities.get(name) for name in ("Add", "Drop")}
    return shown


def _go_names(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key[:1].upper() + key[1:]: _go_names(entry) for key, entry in value.items()}
    return value
