/* Occupied rooms by type of tenant on each day, and how many of them no tenant occupies with his current contract. Days without files have no rows. */
MODEL (
  name gold.occupancy_tenant_type_daily,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column snapshot_date,
    batch_size 366
  ),
  depends_on (
    silver.occupancy_facts
  ),
  owner data_team,
  tags history,
  grain (snapshot_date, tenant_type),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (snapshot_date, tenant_type)),
    NOT_NULL(columns := (snapshot_date, tenant_type, occupied_rooms, other_contract_rooms)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    WITHIN_ALL_ROOMS(occupied := other_contract_rooms, total := occupied_rooms),
    ROOMS_ADD_UP(),
    NO_FUTURE_DATE(column := snapshot_date)
  )
);

/* Kind: a day depends on its own files alone. */
SELECT
  snapshot_date::DATE AS snapshot_date, /* business day (JST) */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown, by the type of the contract that occupies the room */
  SUM(is_room_primary)::BIGINT AS occupied_rooms, /* count of rooms with a primary tenant of this type */
  SUM(CASE WHEN is_room_primary = 1 AND is_occupied_by_current = 0 THEN 1 ELSE 0 END)::BIGINT AS other_contract_rooms /* count of those rooms that no tenant occupies with his current contract: empty if only current contracts counted (docs/decisions/0014-what-a-figure-counts.md) */
FROM silver.tenant_room_snapshot_daily
WHERE
  snapshot_date BETWEEN @start_ds AND @end_ds
GROUP BY
  snapshot_date,
  tenant_type