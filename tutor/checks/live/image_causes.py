"""Why an image cannot be pulled: a misspelt name, a wrong tag, no network, a rate limit.

Source of the texts: containerd's and the kubelet's messages of Kubernetes v1.34.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from tutor.kube.images import normalise

KNOWN = (
    "homics/gateway:1.0.0",
    "homics/user-activity:1.0.0",
    "homics/user-activity:2.0.0",
    "homics/monolith:1.0.0",
    "homics/stats:1.0.0",
    "homics/stock:1.0.0",
    "oscarfonts/h2:1.4.197",
    "wurstmeister/kafka:1.0.0",
    "wurstmeister/zookeeper:latest",
)
"""The images of the exercise."""
RATE_LIMIT = ("toomanyrequests", "rate limit", "429")
ABSENT = (
    "not found",
    "manifest unknown",
    "does not exist",
    "pull access denied",
    "repository name not known",
    "denied",
)
NO_NETWORK = (
    "no such host",
    "i/o timeout",
    "connection refused",
    "network is unreachable",
    "no route to host",
    "server misbehaving",
    "tls handshake timeout",
    "deadline exceeded",
    "temporary failure in name resolution",
)
CERTIFICATE = ("x509", "certificate")


@dataclass(frozen=True, slots=True)
class ImageCause:
    what: str
    """"name", "tag", "network", "rate-limit", "policy", "certificate" or "other"."""
    message: str
    hint: str


def image_cause(image: str, reason: str, said: str) -> ImageCause:
    """`reason` and `said` are those of the container's waiting state."""
    lower = said.lower()
    if reason == "InvalidImageName":
        return ImageCause(
            "name", f'"{image}" is no valid image name: {_tail(said)}', "Write it in small letters, as name:tag."
        )
    known = _unlike_known(image)
    if reason == "ErrImageNeverPull":
        message = f"{image} is not on the node, and imagePullPolicy Never forbids to fetch it."
        return known or ImageCause("policy", message, "Remove imagePullPolicy, or load the image into the node.")
    if any(word in lower for word in RATE_LIMIT):
        message = f"Docker Hub refuses to hand out {image} for now: its rate limit for anonymous pulls is used up."
        return ImageCause("rate-limit", message, "Wait, run docker login, or load the image: minikube image load.")
    if known is not None:
        return known
    if any(word in lower for word in ABSENT):
        message = f"The registry has no image {image}: the name or the tag is wrong, or it is private."
        return ImageCause("name", message, "Compare image: with the table of the exercise, letter by letter.")
    if any(word in lower for word in CERTIFICATE):
        message = f"The registry of {image} shows a certificate that the node does not trust."
        return ImageCause("certificate", message, "A company's proxy often does that: ask how to reach Docker Hub.")
    if any(word in lower for word in NO_NETWORK):
        told = "The name and the tag are right." if _is_known(image) else "Whether it exists is not known."
        message = f"{image} cannot be pulled: the node cannot reach the registry, it has no network there. {told}"
        return ImageCause(
            "network", message, "Check the network (proxy, VPN, DNS) of the node; the pull is tried again."
        )
    return ImageCause(
        "other", f"{image} cannot be pulled: {_tail(said)}", "kubectl describe pod shows the whole message."
    )


def _is_known(image: str) -> bool:
    wanted = normalise(image)
    return any(
        (known.registry, known.repository) == (wanted.registry, wanted.repository) for known in map(normalise, KNOWN)
    )


def _unlike_known(image: str) -> ImageCause | None:
    """A misspelt image of the exercise."""
    wanted = normalise(image)
    tags: dict[str, list[str]] = {}
    for entry in KNOWN:
        other = normalise(entry)
        tags.setdefault(f"{other.registry}/{other.repository}", []).append(other.tag)
    name = f"{wanted.registry}/{wanted.repository}"
    if name in tags:
        if wanted.tag in tags[name] or wanted.digest:
            return None
        there = " and ".join(tags[name])
        return ImageCause(
            "tag",
            f'{image} has the tag "{wanted.tag}", which the exercise\'s image does not have: there is {there}.',
            f"Write image: {wanted.repository}:{tags[name][0]}",
        )
    near = get_close_matches(name, list(tags), 1, 0.75)
    if not near:
        return None
    repository = near[0].removeprefix("docker.io/")
    return ImageCause(
        "name",
        f"{image} is misspelt: did you mean {repository}:{tags[near[0]][0]}?",
        "Mend image: in the file, then apply it.",
    )


def _tail(said: str) -> str:
    """The end of a chain of errors, where the cause stands."""
    return said if len(said) <= 160 else "... " + said[-156:]
