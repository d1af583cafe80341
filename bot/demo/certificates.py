"""Certificates for homeservers on this machine: an authority of their own, and one certificate for all of them."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bot.demo.synapse import HOST, LOOPBACK, Certificate

_VALID = timedelta(days=3650)


def certificate(folder: Path, now: datetime | None = None) -> Certificate:
    """The certificate for `localhost` and 127.0.0.1 in this folder, made on first use and valid for ten years.

    Nobody but who is told so trusts the authority; its own key is forgotten at once.
    """
    made = Certificate(shown=folder / "server.pem", key=folder / "server.key", authority=folder / "authority.pem")
    if not made.shown.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _issue(made, now or datetime.now(UTC))
    return made


def _issue(files: Certificate, now: datetime) -> None:
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = (
        _begun("Stadtbote demo authority", "Stadtbote demo authority", authority_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    hosts = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ip_address(LOOPBACK))])
    server = (
        _begun(HOST, "Stadtbote demo authority", server_key, now)
        .add_extension(hosts, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    files.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    # Written last: it says that all three are there.
    files.shown.write_bytes(server.public_bytes(serialization.Encoding.PEM))


def _begun(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
