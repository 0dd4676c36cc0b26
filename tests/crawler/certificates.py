"""Certificates for servers on this machine, and what is wrong with most of them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

_LONG_AGO, _FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_PEM = serialization.Encoding.PEM


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


class Authority:
    """Vouches for names, as those do that browsers trust.

    Attributes:
        path: its own certificate, for ``SSL_CERT_FILE``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = _named("An authority of tests")
        self._key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate("An authority of tests", self._key, is_authority=True)
        self.path = folder / "authority.pem"
        self.path.write_bytes(certificate.public_bytes(_PEM))

    def context(self, name: str, *, until: datetime = _FAR_OFF) -> ssl.SSLContext:
        """Return the context of a server that may call itself by a name."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(name, key, until=until)
        secret = key.private_bytes(
            _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self._folder / f"{name}.pem"
        path.write_bytes(secret + certificate.public_bytes(_PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _certificate(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        *,
        until: datetime = _FAR_OFF,
        is_authority: bool = False,
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder(
            self._name, _named(name), key.public_key(), x509.random_serial_number()
        )
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        if not is_authority:
            builder = builder.add_extension(names, critical=False)
        return (
            builder.not_valid_before(_LONG_AGO)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
