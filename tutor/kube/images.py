"""Image references as the container runtime reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    registry: str
    repository: str
    tag: str
    """"latest" where neither tag nor digest is given; empty where only a digest is."""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"


def normalise(image: str) -> Image:
    """The full reference: Docker Hub is the default registry, "library" its default namespace.

    Source: kubernetes.io, Images, image names; github.com/distribution/reference.
    """
    rest, _, digest = image.strip().partition("@")
    head, slash, tail = rest.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        registry, path = head, tail
    else:
        registry, path = "docker.io", rest
    if registry == "index.docker.io":
        registry = "docker.io"
    repository, colon, tag = path.rpartition(":")
    if not colon:
        repository, tag = path, "" if digest else "latest"
    if registry == "docker.io" and "/" not in repository:
        repository = f"library/{repository}"
    return Image(registry, repository, tag, digest)


def same_image(one: str, other: str) -> bool:
    """Whether both name the same image; a digest beside the tag on one side only does not tell them apart."""
    a, b = normalise(one), normalise(other)
    if (a.registry, a.repository) != (b.registry, b.repository):
        return False
    if a.digest and b.digest:
        return a.digest == b.digest
    return a.tag == b.tag
