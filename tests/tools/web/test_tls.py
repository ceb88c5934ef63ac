"""TLS as it should be, though the connection goes to an address."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from entourage.kit.errors import Upstream
from entourage.tools.fetch import SafeFetcher
from tests.tools.web.site import PUBLIC, QUICK, Names, Site, page, serving


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_path, key_path


async def test_it_is_checked_against_the_name_not_the_address(tmp_path: Path):
    names = Names({"site.test": [[PUBLIC]]})
    cert, key = certificate(tmp_path, "site.test")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    asked: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    secure = Site({"/": page("secure")})
    names.known["wrong.test"] = [[PUBLIC]]
    async with serving(secure, PUBLIC, server):
        trusting = ssl.create_default_context(cafile=str(cert))
        fetcher = SafeFetcher(allow_networks=[PUBLIC], limits=QUICK, resolver=names, ssl_context=trusting)
        assert (await fetcher.fetch(f"https://site.test:{secure.port}/")).text == "secure"
        assert asked == ["site.test"]
        with pytest.raises(Upstream, match="could not be reached"):
            await fetcher.fetch(f"https://wrong.test:{secure.port}/")
        with pytest.raises(Upstream, match="could not be reached"):
            await SafeFetcher(allow_networks=[PUBLIC], limits=QUICK, resolver=names).fetch(
                f"https://site.test:{secure.port}/"
            )
