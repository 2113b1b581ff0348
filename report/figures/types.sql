-- Occupied rooms of each day by type of tenant.
SELECT
  snapshot_date AS day,
  tenant_type AS type,
  occupied_rooms AS rooms,
  other_contract_rooms AS other
FROM gold.occupancy_tenant_type_daily
WHERE snapshot_date > :shown_since
ORDER BY snapshot_date, tenant_type
