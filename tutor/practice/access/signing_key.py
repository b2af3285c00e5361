"""The key that signs the tokens of ServiceAccounts: RSA as kubeadm's clusters have it, made when it is first needed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Loaded with the first token: a start need not wait for it.
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_BITS = 2048


class SigningKey:
    """`load` gives the key of an earlier run, PEM, or b""; `keep` is given a new one."""

    def __init__(self, load: Callable[[], bytes] = bytes, keep: Callable[[bytes], None] = lambda _: None) -> None:
        self._load = load
        self._keep = keep
        self._key: RSAPrivateKey | None = None

    def sign(self, data: bytes) -> bytes:
        """RS256. Raises: what `load` and `keep` raise."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._private().sign(data, PKCS1v15(), SHA256())

    def verifies(self, data: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            self._private().public_key().verify(signature, data, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    @property
    def identifier(self) -> str:
        """The "kid": of the public key, as the API server derives it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self._private().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return encoded(hashlib.sha256(public).digest())

    def public(self) -> dict[str, str]:
        """The JSON Web Key."""
        numbers = self._private().public_key().public_numbers()
        modulus = encoded(numbers.n.to_bytes(_BITS // 8, "big"))
        exponent = encoded(numbers.e.to_bytes(3, "big"))
        return {"use": "sig", "kty": "RSA", "kid": self.identifier, "alg": "RS256", "n": modulus, "e": exponent}

    def _private(self) -> RSAPrivateKey:
        if self._key is None:
            self._key = self._known() or self._made()
        return self._key

    def _known(self) -> RSAPrivateKey | None:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        pem = self._load()
        if not pem:
            return None
        try:
            key = load_pem_private_key(pem, None)
        except ValueError:
            # Damaged: the tokens that it signed are refused from now on, and clients ask for new ones.
            return None
        return key if isinstance(key, RSAPrivateKey) and key.key_size == _BITS else None

    def _made(self) -> RSAPrivateKey:
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        self._keep(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return key


def encoded(data: bytes) -> str:
    """base64url without padding, as JSON Web Tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
