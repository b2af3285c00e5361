"""Why an image cannot be pulled, from the texts of containerd and of registries."""

from __future__ import annotations

import pytest

from tutor.checks.live.image_causes import image_cause

HUB = 'failed to pull and unpack image "docker.io/{0}": failed to resolve reference "docker.io/{0}": '
BUSY = (
    "failed to copy: httpReadSeeker: failed open: unexpected status code"
    " https://registry-1.docker.io/v2/homics/gateway/manifests/sha256:0a: 429 Too Many Requests - Server message:"
    " toomanyrequests: You have reached your unauthenticated pull rate limit."
)
TEXTS = (
    # image, what the kubelet says, kind of the cause, how the message goes
    ("homics/gateway:1.0.0", HUB + "docker.io/{0}: not found", "name", "The registry has no image homics/gateway"),
    (
        "homics/gateway:1.0.0",
        HUB + "pull access denied, repository does not exist or may require authorization: server message:"
        " insufficient_scope: authorization failed",
        "name",
        "The registry has no image homics/gateway:1.0.0",
    ),
    ("homics/gateway:1.0.0", BUSY, "rate-limit", "Docker Hub refuses to hand out homics/gateway:1.0.0 for now"),
    (
        "homics/gateway:1.0.0",
        HUB + 'failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: lookup x: no such host',
        "network",
        "homics/gateway:1.0.0 cannot be pulled: the node cannot reach the registry",
    ),
    (
        "homics/gateway:1.0.0",
        HUB + 'failed to do request: Head "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout',
        "network",
        "homics/gateway:1.0.0 cannot be pulled: the node cannot reach the registry",
    ),
    (
        "homics/gateway:1.0.0",
        HUB + 'failed to do request: Head "https://registry-1.docker.io/v2/": tls: failed to verify certificate: x509:'
        " certificate signed by unknown authority",
        "certificate",
        "The registry of homics/gateway:1.0.0 shows a certificate",
    ),
    ("homics/gateway:1.0.0", "no space left on device", "other", "homics/gateway:1.0.0 cannot be pulled: no space"),
    ("homics/gatway:1.0.0", HUB + "no such host", "name", "homics/gatway:1.0.0 is misspelt: did you mean"),
    ("homics/gateway:1.0", HUB + "no such host", "tag", 'homics/gateway:1.0 has the tag "1.0", which the exercise\'s'),
    ("homics/gateway", HUB + "docker.io/{0}: not found", "tag", 'homics/gateway has the tag "latest"'),
    ("example/thing:3", HUB + "docker.io/{0}: not found", "name", "The registry has no image example/thing:3"),
)  # fmt: skip


@pytest.mark.parametrize(("image", "said", "what", "message"), TEXTS)
def test_the_cause_is_told_from_the_text(image: str, said: str, what: str, message: str) -> None:
    cause = image_cause(image, "ImagePullBackOff", said.replace("{0}", image))
    assert cause.what == what
    assert cause.message.startswith(message)
    assert cause.hint


def test_a_busy_registry_is_told_even_of_a_misspelt_image() -> None:
    assert image_cause("homics/gatway:1.0.0", "ErrImagePull", BUSY).what == "rate-limit"


def test_an_image_that_is_not_the_exercises_is_not_called_right() -> None:
    assert "The name and the tag are right." in image_cause("homics/user-activity:2.0.0", "", "no such host").message
    assert "Whether it exists is not known." in image_cause("example/thing:3", "", "no such host").message


def test_a_pull_that_is_forbidden_and_a_name_that_is_none() -> None:
    never = image_cause("homics/gateway:1.0.0", "ErrImageNeverPull", "Container image is not present")
    assert (never.what, "imagePullPolicy Never forbids" in never.message) == ("policy", True)
    bad = image_cause("Homics/gateway:1.0.0", "InvalidImageName", "repository name must be lowercase")
    assert bad.hint == "Write it in small letters, as name:tag."
