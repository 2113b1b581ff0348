"""A tenant's name: the one to ask about, and the keyed hash by which a changed one is known. No name is ever stored or shown."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata


def asked_about(full: str | None, last: str | None, first: str | None) -> str | None:
    """The name to ask about: the full one, else its parts; None where there is none, or only a mask like `*`."""
    name = full or " ".join(part for part in (last, first) if part)
    return name if any(unicodedata.category(character).startswith("L") for character in name) else None


def digest(key: bytes, tenant_id: int, name: str) -> str:
    """HMAC-SHA256 of the normalised name, lower-case hex.

    Width, case and spaces make no other name. The tenant's id is in it, so that two tenants of one name can't be found by it.

    Args:
        key: of the pipeline, see enrichment/config.py.
    """
    same = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return hmac.new(key, f"{tenant_id}\0{same}".encode(), hashlib.sha256).hexdigest()


def key_id(key: bytes) -> str:
    """A word by which an answer knows the key that its name was hashed with: hashes of another one can't be compared."""
    return hmac.new(key, b"which key this is", hashlib.sha256).hexdigest()[:16]
