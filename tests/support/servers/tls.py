"""Certificates for throwaway servers."""

from __future__ import annotations

from pathlib import Path

from tests.support.servers.process import run

# What a strict check (Python 3.13's default) asks for. The key identifiers are what ties the two together.
CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:localhost
"""


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Makes a certificate authority and a server certificate of it for 127.0.0.1 and localhost.

    Args:
        folder: where the files go; it is made.

    Returns:
        The authority's certificate, the server's certificate and its key: files in PEM format.

    Raises:
        ServerError: openssl failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config, authority, authority_key = folder / "openssl.cnf", folder / "ca.pem", folder / "ca.key"
    certificate, key = folder / "server.pem", folder / "server.key"
    config.write_text(CONFIG)
    new = ["openssl", "req", "-x509", "-config", str(config), "-days", "30", "-noenc", "-newkey", "rsa:2048"]
    run(
        "openssl",
        [*new, "-subj", "/CN=throwaway authority", "-extensions", "ca", "-keyout", authority_key, "-out", authority],
    )
    signed = [*new, "-CA", authority, "-CAkey", authority_key, "-subj", "/CN=throwaway server", "-extensions", "server"]
    run("openssl", [*signed, "-keyout", key, "-out", certificate])
    return authority, certificate, key
