"""Which image names this node can run, and what a registry and a container runtime say of the others.

Texts as of containerd 1.6 and kubelet v1.34.2 (recorded).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*\Z")
_TAG = re.compile(r"[\w][\w.-]{0,127}\Z", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}\Z")
_IS_DOMAIN = re.compile(_DOMAIN + r"\Z")


class InvalidImageName(ValueError):
    """The name cannot be parsed; the text is the container runtime's."""


class PullFailed(Exception):
    """The registry did not hand out the image; the text is the container runtime's."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An image name, parsed: `homics/gateway:1.0.0` → docker.io, homics/gateway, 1.0.0."""

    registry: str
    repository: str
    tag: str
    digest: str

    @property
    def full(self) -> str:
        """With registry and tag: docker.io/homics/gateway:1.0.0."""
        return f"{self.registry}/{self.repository}" + (f"@{self.digest}" if self.digest else f":{self.tag}")


def parse(name: str) -> Reference:
    """Raises: `InvalidImageName`."""
    rest, _, digest = name.partition("@")
    head, separator, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    path = head + separator + last
    first, _, remainder = path.partition("/")
    has_registry = bool(remainder) and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    registry, repository = (first, remainder) if has_registry else ("docker.io", path)
    if has_registry and not _IS_DOMAIN.match(registry):
        raise InvalidImageName("invalid reference format")
    if not _REPOSITORY.match(repository):
        if repository and _REPOSITORY.match(repository.lower()):
            raise InvalidImageName(f"invalid reference format: repository name ({repository}) must be lowercase")
        raise InvalidImageName("invalid reference format")
    if (":" in rest[len(path) :] and not _TAG.match(tag)) or ("@" in name and not _DIGEST.match(digest)):
        raise InvalidImageName("invalid reference format")
    if registry in ("docker.io", "index.docker.io") and "/" not in repository:
        repository = f"library/{repository}"
    return Reference("docker.io" if registry == "index.docker.io" else registry, repository, tag or "latest", digest)


def apply_default_tag_error(name: str, error: InvalidImageName) -> str:
    return f'Failed to apply default image tag "{name}": couldn\'t parse image name "{name}": {error}'


Stop = Literal["exits", "ignores"]


@dataclass(frozen=True, slots=True)
class StandIn:
    """The program that runs in an image's place."""

    repository: str
    tag: str
    program: str
    """Its name in `tutor/practice/standins`."""
    version: str
    ports: tuple[int, ...]
    """The ports it listens on, whatever the manifest declares."""
    entrypoint: tuple[str, ...]
    """The image's own command; a manifest's `command` that says the same runs the stand-in."""
    size: int
    """Bytes, as the pull message shows."""
    names: tuple[str, ...] = ()
    """Other image names of the same program."""

    @property
    def image_id(self) -> str:
        return "sha256:" + hashlib.sha256(f"{self.repository}:{self.tag}".encode()).hexdigest()

    @property
    def full(self) -> str:
        return f"docker.io/{self.repository}:{self.tag}"


_JAVA = ("java", "-jar", "/app.jar")


def _java(repository: str, version: str, program: str, port: int) -> StandIn:
    return StandIn(repository, version, program, version, (port,), _JAVA, 171_000_000 + 1000 * port)


# The shell image that the Kubernetes documentation uses for throw-away pods. Its program is the pod's own command.
SHELL_PROGRAM = "command"
_BUSYBOX_TAGS = ("1.28", "1.35", "1.36", "1.37", "latest")

DEFAULT_STAND_INS = (
    *(StandIn("library/busybox", tag, SHELL_PROGRAM, tag, (), ("sh",), 2_156_518) for tag in _BUSYBOX_TAGS),
    _java("homics/gateway", "1.0.0", "gateway", 8080),
    _java("homics/user-activity", "1.0.0", "user-activity", 9001),
    _java("homics/user-activity", "2.0.0", "user-activity", 9001),
    _java("homics/monolith", "1.0.0", "monolith", 8090),
    _java("homics/stats", "1.0.0", "stats", 9002),
    _java("homics/stock", "1.0.0", "stock", 9003),
    StandIn("oscarfonts/h2", "1.4.197", "database", "1.4.197", (1521, 81), ("/bin/sh", "-c", "java"), 122_400_112),
    StandIn("wurstmeister/kafka", "1.0.0", "kafka", "1.0.0", (9092,), ("start-kafka.sh",), 153_020_000),
    StandIn("wurstmeister/zookeeper", "latest", "zookeeper", "3.4.13", (2181,), ("/usr/sbin/sshd",), 232_500_000),
)


class Images:
    """The images that this node has. They are all there from the start: a pull only asks the registry's name."""

    def __init__(self, stand_ins: Iterable[StandIn] = DEFAULT_STAND_INS) -> None:
        self._known = {(stand_in.repository, stand_in.tag): stand_in for stand_in in stand_ins}
        self._repositories = {stand_in.repository for stand_in in self._known.values()}

    def find(self, reference: Reference) -> StandIn | None:
        if reference.registry != "docker.io" or reference.digest:
            return None
        return self._known.get((reference.repository, reference.tag))

    def pull(self, reference: Reference) -> StandIn:
        """Raises: `PullFailed` with the registry's answer for a name or tag that it does not have."""
        found = self.find(reference)
        if found is not None:
            return found
        full = reference.full
        if reference.registry != reference.registry.lower() and not set(".:") & set(reference.registry):
            # The kubelet takes "Homics" for a registry; the container runtime, which parses again, does not.
            text = "invalid reference format: repository name must be lowercase"
            raise PullFailed(f'failed to parse image reference "{full}": {text}')
        prefix = f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": '
        if reference.registry != "docker.io":
            host = reference.registry.partition(":")[0]
            path = (
                f"https://{reference.registry}/v2/{reference.repository}/manifests/{reference.digest or reference.tag}"
            )
            problem = f"dial tcp: lookup {host}: no such host"
            if host == "localhost":
                # This machine is asked without TLS, and nothing is asked here: no registry runs on the node.
                path = path.replace("https://", "http://", 1)
                port = reference.registry.partition(":")[2] or "80"
                problem = f"dial tcp 127.0.0.1:{port}: connect: connection refused"
            raise PullFailed(prefix + f'failed to do request: Head "{path}": {problem}')
        if reference.repository in self._repositories:
            raise PullFailed(f"rpc error: code = NotFound desc = {prefix}{full}: not found")
        raise PullFailed(
            prefix + "pull access denied, repository does not exist or may require authorization: "
            "server message: insufficient_scope: authorization failed"
        )

    def names(self) -> list[tuple[tuple[str, ...], int]]:
        """([names], size) of each image: what Node.status.images lists."""
        return [((stand_in.full,), stand_in.size) for stand_in in self._known.values()]
