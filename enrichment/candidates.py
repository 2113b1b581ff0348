"""Who is asked about: the tenants that silver calls missing or placeholder, current ones first, unless their answer is there."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment import names
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
    """Somebody to ask about. Its name is in no text of it.

    Attributes:
        tenant_id: tenant.
        name: as it is asked with.
        name_hash: by which it is known again.
    """

    tenant_id: int
    name: str
    name_hash: str

    def __repr__(self) -> str:
        return f"Tenant({self.tenant_id})"


@dataclass(frozen=True)
class Asked:
    """Who is to be asked about, in order, and who is not although silver lacks a nationality.

    Attributes:
        tenants: to ask about.
        nameless: have no name, or a masked one.
        other_key: answered under another key, so nobody can say whether the name changed.
    """

    tenants: list[Tenant]
    nameless: int
    other_key: int


def to_ask(warehouse: Warehouse, key: bytes, backend: Backend, *, again: bool = False) -> Asked:
    """Finds them."""
    ours = (backend.model_version, backend.prompt_version, names.key_id(key))
    found: list[Tenant] = []
    nameless = other_key = 0
    for number, full, last, first, answered, name_hash, *asked in warehouse.query(_QUERY):
        name = names.asked_about(full, last, first)
        if name is None:
            nameless += 1
            continue
        tenant = Tenant(number, name, names.digest(key, number, name))
        comparable = asked[2] == ours[2]
        if answered is None or (again and tuple(asked) != ours) or (comparable and name_hash != tenant.name_hash):
            found.append(tenant)
        elif not comparable:
            other_key += 1
    return Asked(found, nameless, other_key)
