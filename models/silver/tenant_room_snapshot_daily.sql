/* Room and rent of each tenant of the current population on each day: one row per tenant and room. No names. */
MODEL (
  name silver.tenant_room_snapshot_daily,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column snapshot_date,
    batch_size 31
  ),
  owner data_team,
  tags history,
  grain (snapshot_date, tenant_id, room_id),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (snapshot_date, tenant_id, room_id)),
    NOT_NULL(
      columns := (
        snapshot_date,
        moving_id,
        tenant_id,
        apartment_id,
        room_id,
        management_status,
        is_occupying,
        is_room_primary,
        is_occupied_by_current
      )
    ),
    RELATIONSHIP(column := management_status, parent := seeds.code_tenant_status, parent_column := code),
    ONE_PRIMARY_TENANT_A_ROOM(),
    UNKNOWN_ROOM_WARNING(percent := 1),
    NO_FUTURE_DATE(column := snapshot_date)
  )
);

/* Kind: a day depends on its own two files alone, so it is computed once and no later rent can change it. A month at a time, and windows over
few columns: MySQL writes the rows of each window to a temporary table, at half the cost where that fits in memory. */
WITH held AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY snapshot_date, tenant_id, room_id
      ORDER BY is_known_room DESC NULLS LAST, is_occupying DESC NULLS LAST, CASE WHEN movein_date > snapshot_date THEN 1 ELSE 0 END NULLS FIRST, movein_date DESC NULLS LAST, updated_at DESC NULLS LAST, moving_id DESC NULLS LAST
    ) AS place, /* A renewal that starts later does not bring its rent forward. */
    MAX(CASE WHEN is_occupying = 1 AND is_current_contract = 1 THEN 1 ELSE 0 END) OVER (PARTITION BY snapshot_date, room_id, is_known_room) AS is_occupied_by_current
  FROM silver.room_contracts_daily
), ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY snapshot_date, room_id, is_known_room
      ORDER BY is_occupying DESC NULLS LAST, room_priority, movein_date DESC NULLS LAST, updated_at DESC NULLS LAST, moving_id DESC NULLS LAST
    ) AS room_place
  FROM held
  WHERE
    place = 1
)
SELECT
  r.snapshot_date::DATE AS snapshot_date, /* business day (JST) */
  r.moving_id::BIGINT AS moving_id, /* contract by which the room is held */
  r.tenant_id::BIGINT AS tenant_id, /* tenant */
  a.apartment_id::BIGINT AS apartment_id, /* property */
  r.room_id::BIGINT AS room_id, /* room */
  a.room_number::VARCHAR(64) AS room_number, /* room number on that day */
  a.tenant_status::BIGINT AS management_status, /* status of the tenant on that day, 4 to 15 */
  s.ui_label_ja::VARCHAR(64) AS management_status_label, /* status as the property system shows it */
  COALESCE(c.category_ja, '一般2')::VARCHAR(64) AS contract_category, /* contract category in Japanese */
  COALESCE(c.tenant_type, 'unknown')::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown, by the type of the contract */
  a.rent::DECIMAL(12, 0) AS monthly_rent, /* rent in yen per month, on that day */
  r.movein_date::DATE AS move_in_date, /* contract start, may be in the future */
  a.original_movein_date::DATE AS original_movein_date, /* first move-in of the tenant, as the source copies it from contract to contract */
  a.leaves_on::DATE AS moveout_date, /* move-out date as known on that day: unified, else planned, else last day of rent */
  a.moveout_plans_date::DATE AS moveout_plans_date, /* planned or actual move-out, as known on that day */
  r.is_known_room::BIGINT AS is_known_room, /* 0: the files of the day have no such property, or it has no such room: the row counts in no occupancy */
  r.is_occupying::BIGINT AS is_occupying, /* 1: the tenant lives there on that day, by status and dates; 0: he has applied or the room is reserved */
  CASE WHEN r.room_place = 1 AND r.is_occupying = 1 AND r.is_known_room = 1 THEN 1 ELSE 0 END::BIGINT AS is_room_primary, /* 1: the one tenant through whom the room counts as occupied */
  r.is_occupied_by_current::BIGINT AS is_occupied_by_current /* 1: a tenant occupies the room with his current contract (tenants.moving_id); 0: the room would be empty if only current contracts counted */
FROM ranked AS r
LEFT JOIN staging.room_assignment_snapshots AS a
  ON a.snapshot_date = r.snapshot_date AND a.moving_id = r.moving_id /* the same row again */
LEFT JOIN seeds.code_tenant_status AS s
  ON s.code = a.tenant_status
LEFT JOIN seeds.code_contract_type AS c
  ON c.code = a.moving_agreement_type