/* Contracts by which the tenants of the current population hold rooms, on each day with both room files, and whether they occupy them. */
MODEL (
  name silver.room_contracts_daily,
  kind EMBEDDED,
  owner data_team,
  grain (snapshot_date, moving_id)
);

/* Kind: EMBEDDED, without a table or view: it is one step of silver.tenant_room_snapshot_daily, which alone reads it. It has the columns
that the order of contracts needs and no more: see there. */
WITH contracts AS (
  SELECT
    a.snapshot_date,
    a.moving_id,
    a.tenant_id,
    a.room_id,
    a.tenant_status,
    a.is_current_contract,
    a.movein_date,
    a.original_movein_date,
    a.updated_at,
    s.is_occupied,
    s.room_priority,
    CASE WHEN a.room_apartment_id = a.apartment_id AND NOT p.apartment_id IS NULL THEN 1 ELSE 0 END AS is_known_room,
    MAX(a.is_current_contract) OVER (PARTITION BY a.snapshot_date, a.tenant_id) AS has_current_contract
  FROM silver.business_calendar AS d
  JOIN staging.room_assignment_snapshots AS a
    ON a.snapshot_date = d.calendar_date
  JOIN seeds.code_tenant_status AS s
    ON s.code = a.tenant_status AND s.is_population = 1
  LEFT JOIN staging.property_snapshots AS p
    ON p.snapshot_date = d.calendar_date
    AND p.apartment_id = a.apartment_id
    AND (
      p.room_rows > 0 OR p.room_count > 0
    )
  /* By the contract's tenant, for a tenant can hold two rooms and tenants.moving_id can dangle. But the source leaves old contracts
  open: one that is not the tenant's current one counts only until its move-out (docs/decisions/0014-what-a-figure-counts.md). */
  WHERE
    d.calendar_date BETWEEN @start_ds AND @end_ds
    AND d.has_rooms = 1
    AND COALESCE(a.is_moveout, 0) = 0
    AND (
      a.is_current_contract = 1 OR a.leaves_on IS NULL OR a.leaves_on >= a.snapshot_date
    )
)
SELECT
  snapshot_date, /* business day (JST) */
  moving_id, /* contract */
  tenant_id, /* tenant */
  room_id, /* room */
  room_priority, /* order of the statuses for the primary tenant of a room, 1 first */
  is_current_contract, /* 1: the tenant's row names this contract as the current one */
  movein_date, /* contract start, may be in the future */
  updated_at, /* when the source last changed the contract, JST without time zone */
  is_known_room::BIGINT AS is_known_room, /* 1: the property and the room exist in the files of the day */
  CASE
    WHEN COALESCE(movein_date, original_movein_date) > snapshot_date
    AND (
      tenant_status = 7 OR (
        is_current_contract = 0 AND has_current_contract = 1
      )
    )
    THEN 0
    ELSE is_occupied
  END::BIGINT AS is_occupying /* 1: the tenant lives there on that day. 0: he has applied, or the room is reserved: the contract is in the future, and he has not moved in yet (status 7) or has another contract, his current one */
FROM contracts