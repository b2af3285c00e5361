"""The cluster's certificate authority and the API server's certificate. Made once, renewed when they near their end."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tutor.practice.life.folder import ClusterFolder, write_private

NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)
ADDRESSES = ("127.0.0.1", "::1", "10.96.0.1")
_DAYS = 3650
_RENEW_DAYS = 30


def ensure(folder: ClusterFolder, now: float) -> None:
    """Certificates and token in the folder. `now` in Unix seconds. Raises: `FolderUnusable`."""
    if not folder.token.is_file() or not folder.token.read_bytes().strip():
        write_private(folder.token, secrets.token_urlsafe(32).encode() + b"\n")
    expiry = folder.certificates / "expires"
    files = [folder.certificates / name for name in ("ca.crt", "server.crt", "server.key")]
    if all(path.is_file() for path in files) and _expires(expiry) > now + _RENEW_DAYS * 86400:
        return
    ca, certificate, key, expires = _make(now)
    for path, data in zip(files, (ca, certificate, key), strict=True):
        write_private(path, data)
    write_private(expiry, str(int(expires)).encode())


def _expires(path: Path) -> float:
    """Beside the certificates, so that a start need not load cryptography to know."""
    try:
        return float(path.read_text("ascii"))
    except (OSError, ValueError):
        return 0.0


def _make(now: float) -> tuple[bytes, bytes, bytes, float]:
    """(CA certificate, server's certificate, its key: all PEM; when they expire)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    start = datetime.fromtimestamp(now, UTC) - timedelta(days=1)
    end = start + timedelta(days=_DAYS)

    def builder(name: str, issuer: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
        )

    def usage(*, signs: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            digital_signature=not signs,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=not signs,
            key_cert_sign=signs,
            crl_sign=signs,
            encipher_only=False,
            decipher_only=False,
        )

    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = "homics-practice-ca"
    identifier = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = (
        builder(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in NAMES]
    alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    certificate = (
        builder("kube-apiserver", ca_name, key.public_key())
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    # The CA's key is needed no more and is not kept: nothing else can ever be signed with it.
    return (
        ca.public_bytes(pem),
        certificate.public_bytes(pem),
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        end.timestamp(),
    )
