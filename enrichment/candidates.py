"""Who is asked about: the tenants that silver calls missing or placeholder, current ones first, unless their answer is there.

An answer knows its tenant's name by a keyed hash. No name is ever stored or shown.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from enrichment.backend import Backend
from loader.warehouse.base import Warehouse

# silver.tenant_nationality is the one definition, and prod's views clean the names.
_QUERY = """
    SELECT o.tenant_id, t.full_name, t.last_name, t.first_name, c.tenant_id, c.name_hash, c.model_version, c.prompt_version, c.key_id
    FROM silver.tenant_nationality o
    JOIN staging.tenants t ON t.id = o.tenant_id
    LEFT JOIN landing.llm_enrichment_cache c ON c.tenant_id = o.tenant_id
    WHERE o.nationality_data_source IN ('missing', 'lesotho_placeholder')
    ORDER BY o.is_active_lease DESC, o.tenant_id DESC"""


@dataclass(frozen=True)
class Tenant:
    """Somebody to ask about. Its name is in no text of it."""

    tenant_id: int
    name: str
    name_hash: str

    def __repr__(self) -> str:
        return f"Tenant({self.tenant_id})"


@dataclass(frozen=True)
class Asked:
    """Who is to be asked about, in order, and how many are not although silver has no nationality."""

    tenants: list[Tenant]
    nameless: int  # without a name, or with a masked one
    other_key: int  # answered under another key, so a changed name can't be seen


def to_ask(warehouse: Warehouse, key: bytes, backend: Backend, *, again: bool = False) -> Asked:
    ours = (backend.model_version, backend.prompt_version, key_id(key))
    found: list[Tenant] = []
    nameless = other_key = 0
    for number, full, last, first, answered, name_hash, *asked in warehouse.query(_QUERY):
        name = name_of(full, last, first)
        if name is None:
            nameless += 1
            continue
        tenant = Tenant(number, name, digest(key, number, name))
        comparable = asked[2] == ours[2]
        if answered is None or (again and tuple(asked) != ours) or (comparable and name_hash != tenant.name_hash):
            found.append(tenant)
        elif not comparable:
            other_key += 1
    return Asked(found, nameless, other_key)


def name_of(full: str | None, last: str | None, first: str | None) -> str | None:
    """The name to ask about: the full one, else its parts; None where there is none, or only a mask like `*`."""
    name = full or " ".join(part for part in (last, first) if part)
    return name if any(unicodedata.category(character).startswith("L") for character in name) else None


def digest(key: bytes, tenant_id: int, name: str) -> str:
    """HMAC-SHA256 of the normalised name, lower-case hex.

    Width, case and spaces make no other name. The tenant's id is in it, so that two tenants of one name can't be found by it.
    """
    same = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return hmac.new(key, f"{tenant_id}\0{same}".encode(), hashlib.sha256).hexdigest()


def key_id(key: bytes) -> str:
    """A word by which an answer knows the key that its name was hashed with: hashes of another one can't be compared."""
    return hmac.new(key, b"which key this is", hashlib.sha256).hexdigest()[:16]
