"""The key outlives the daemon, and others can check what it signs."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from tutor.practice.access.signing_key import SigningKey


def test_a_key_is_made_once_and_kept() -> None:
    kept: list[bytes] = []
    first = SigningKey(keep=kept.append)
    signature = first.sign(b"text")
    assert first.verifies(b"text", signature)
    assert not first.verifies(b"other", signature)
    second = SigningKey(lambda: kept[0], kept.append)
    assert second.verifies(b"text", signature)
    assert second.identifier == first.identifier
    assert len(kept) == 1


def test_a_damaged_key_is_made_anew() -> None:
    kept: list[bytes] = []
    key = SigningKey(lambda: b"-----BEGIN nothing", kept.append)
    assert key.verifies(b"text", key.sign(b"text"))
    assert kept[0].startswith(b"-----BEGIN PRIVATE KEY-----")


def test_the_published_key_proves_a_signature() -> None:
    key = SigningKey()
    published = key.public()
    assert (published["kty"], published["alg"], published["kid"]) == ("RSA", "RS256", key.identifier)
    exponent, modulus = (
        int.from_bytes(base64.urlsafe_b64decode(published[name] + "=" * (-len(published[name]) % 4)), "big")
        for name in ("e", "n")
    )
    # Raises where it does not prove it.
    RSAPublicNumbers(exponent, modulus).public_key().verify(key.sign(b"text"), b"text", PKCS1v15(), SHA256())
