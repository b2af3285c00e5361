"""A field that the API server does not know: misspelt, at the wrong depth, or of another kind."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from tutor.checks.say import Say, place
from tutor.checks.structure.where import Home, best_home, home_text, homes, is_written, usual_home
from tutor.checks.structure.words import noun, page, short, shown
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path
from tutor.kube.schema import types
from tutor.kube.schema.structure import StructureError

CLOSE = 0.72
"""How much of two names must be alike for one to be a slip of the other, from 0 to 1."""
CERTAIN = 0.86
"""From here on a name at this very place counts more than the same name elsewhere."""
_OTHER_KINDS = ("apps.v1.Deployment", "core.v1.Service")
LONGEST = 60
"""Characters of a key that may be a slip of a field's name; the names of fields have fewer."""
RENAMED: Mapping[tuple[str, str], str] = {
    ("core.v1.ContainerPort", "port"): "containerPort",
    ("core.v1.ContainerPort", "targetPort"): "containerPort",
    ("core.v1.ServicePort", "containerPort"): "targetPort",
    ("core.v1.HTTPGetAction", "containerPort"): "port",
    ("core.v1.HTTPGetAction", "targetPort"): "port",
    ("core.v1.HTTPGetAction", "url"): "path",
    ("core.v1.TCPSocketAction", "containerPort"): "port",
    ("core.v1.EnvVar", "key"): "name",
    ("core.v1.PodSpec", "container"): "containers",
    ("core.v1.Container", "cmd"): "command",
    ("core.v1.Container", "environment"): "env",
    ("core.v1.Container", "pullPolicy"): "imagePullPolicy",
}
"""What a field is called at this place, where its likeness does not tell."""
_ENV_HINT = "An entry of env has the fields name and value: - name: KEY, and below it value: …"


def unknown_field(
    say: Say, document: Document, kind_type: str, error: StructureError
) -> tuple[Finding, str, Home | None]:
    """(the finding, the name that is meant at this place or "", the place where the field belongs)."""
    key, value = str(error.path[-1]), document.get(*error.path)
    if len(key) > LONGEST:
        message = f"{short(key)} is no field of {noun(error.type_name, _holder(error.path))}."
        return (
            say.failed(message, found=short(key), hint="Remove it.", **place(document, error.path, key=True))[0],
            "",
            None,
        )
    here = noun(error.type_name, _holder(error.path))
    known = list(types.fields(error.type_name))
    near, likeness = nearest(key, known)
    if (renamed := RENAMED.get((error.type_name, key))) is not None:
        near, likeness = renamed, 1.0
    more: dict[str, Any] = {"found": key, "source": page(document.kind, error.type_name)}
    more.update(place(document, error.path, key=True))
    if special := _special(error, key, value):
        message, expected, hint = special
        meant = "name" if error.type_name == "core.v1.EnvVar" else ""
        return say.failed(message, expected=expected, hint=hint, **more)[0], meant, None
    home = best_home(document, kind_type, error.path, value) if likeness < CERTAIN else None
    if home is not None:
        where = home_text(home.parent)
        return (
            say.failed(
                f"{key} is no field of {here}: it belongs {where}.",
                expected=f"{key} {where}",
                hint=_move(document, error.path, home),
                **more,
            )[0],
            "",
            home,
        )
    if near:
        message = f"{key} is no field of {here}. Is {near} meant?"
        if renamed:
            message = f"{key} is no field of {here}: there it is called {near}."
        elif _plain(near) == _plain(key):
            message = f"{key} is no field of {here}: it is written {near}, and capital letters count."
            if near.lower() != key.lower():
                message = f"{key} is no field of {here}: it is written {near}."
        return say.failed(message, expected=near, hint=f"Write {near}: in place of {key}:", **more)[0], near, None
    return _foreign(say, document, error, key, here, known, more), "", None


def _foreign(
    say: Say, document: Document, error: StructureError, key: str, here: str, known: list[str], more: dict[str, Any]
) -> Finding:
    """No such name near, nor in this kind: perhaps of another one."""
    others = [kind for kind in _OTHER_KINDS if kind.rpartition(".")[2] != document.kind and key in homes(kind)]
    message, hint = f"{key} is no field of {here}.", "Remove it, or compare its name with the documentation."
    if others:
        kind, home = others[0].rpartition(".")[2], usual_home(others[0], key)
        message = f"{key} is no field of {here}: it is one of a {kind}, {home_text(home.parent)}."
        hint = "Has it been copied from another file? Remove it here."
    if len(error.path) == 1:
        return say.failed(message, expected="apiVersion, kind, metadata and spec", hint=hint, **more)[0]
    needed = types.required(error.type_name)
    expected = ", ".join([*needed, *(name for name in known if name not in needed)][:6])
    return say.failed(message, expected=f"{expected}, …" if len(known) > 6 else expected, hint=hint, **more)[0]


def _special(error: StructureError, key: str, value: Any) -> tuple[str, str, str] | None:
    """(message, expected, hint) of slips that a name's likeness cannot tell."""
    type_name, holder = error.type_name, _holder(error.path)
    if type_name == "meta.v1.LabelSelector" and isinstance(value, str) and key not in homes("apps.v1.Deployment"):
        return (
            f"The label {key} stands directly under selector; a Deployment's selector has it under matchLabels.",
            f"matchLabels, and in it {key}: {short(value)}",
            f"Write matchLabels: below selector:, and {key}: {short(value)} below that, two spaces deeper.",
        )
    if type_name == "autoscaling.v2.HorizontalPodAutoscalerSpec" and key == "targetCPUUtilizationPercentage":
        return (
            f"{key} is a field of autoscaling/v1; in autoscaling/v2 the same is said by metrics.",
            "metrics, and in it an entry of the type Resource",
            "Write metrics: with an entry for cpu, or apiVersion: autoscaling/v1.",
        )
    if type_name == "core.v1.ResourceRequirements" and key in ("cpu", "memory", "ephemeral-storage"):
        return (
            f"{key} stands directly under resources; it belongs under requests or limits.",
            f"requests, and in it {key}: {shown(value).strip(chr(34))}",
            f"Write requests: below resources:, and {key} below that, two spaces deeper.",
        )
    if type_name == "core.v1.EnvVar" and key not in ("Name", "Value", "NAME", "VALUE") and key.isupper():
        message = f"{key} is the name of the variable, and it stands where a field's name is expected."
        return message, f"- name: {key}\n  value: {shown(value)}", _ENV_HINT
    if type_name == "meta.v1.ObjectMeta" and key in ("app", "role", "tier", "run"):
        return (
            f"{key} stands directly under {holder or 'metadata'}; a label belongs under labels.",
            f"labels, and in it {key}: {shown(value).strip(chr(34))}",
            f"Write labels: below metadata:, and {key} below that, two spaces deeper.",
        )
    return None


def _move(document: Document, at: Path, home: Home) -> str:
    parent = home.parent
    name = str(next((part for part in reversed(parent) if isinstance(part, str)), ""))
    if not parent:
        return f"Move {at[-1]}: to the left edge, without spaces before it."
    if not is_written(document, parent):
        return f"Write {name}: first, and {at[-1]}: below it, two spaces deeper."
    if is_written(document, (*parent, at[-1])):
        return f"It stands there already, on line {document.key_position((*parent, at[-1])).line}: remove this one."
    line = document.key_position(parent).line
    if isinstance(parent[-1], int):
        return f"Move it to the entry of {name} that begins on line {line}, at the depth of that entry's fields."
    if document.get(*parent) is None or (parent[: len(at) - 1] == at[:-1] and len(parent) == len(at)):
        return f"Move it below {name}: on line {line}, two spaces deeper."
    return f"Move it below {name}: on line {line}, at the depth of the other fields there."


def nearest(name: str, known: list[str]) -> tuple[str, float]:
    """(the most alike name or "", how alike it is, from 0 to 1)."""
    best, likeness = "", 0.0
    for candidate in known:
        if _plain(candidate) == _plain(name):
            return candidate, 1.0
        matcher = SequenceMatcher(None, _plain(name), _plain(candidate))
        if matcher.quick_ratio() > likeness and (ratio := matcher.ratio()) > likeness:
            best, likeness = candidate, ratio
    return (best, likeness) if likeness >= CLOSE else ("", likeness)


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _holder(path: Path) -> str:
    return str(next((part for part in reversed(path[:-1]) if isinstance(part, str)), ""))
