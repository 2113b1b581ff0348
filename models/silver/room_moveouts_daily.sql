/* Rooms that a tenant moves out of, on each day with both room files: by the move-out date and the status (14 to 17) in the day's file. */
MODEL (
  name silver.room_moveouts_daily,
  kind EMBEDDED,
  owner data_team,
  grain (snapshot_date, room_id)
);

/* Kind: EMBEDDED, without a table or view: it is one step of silver.occupancy_facts, which alone reads it. */
SELECT DISTINCT
  d.calendar_date::DATE AS snapshot_date, /* business day (JST) */
  a.room_id::BIGINT AS room_id /* room */
FROM silver.business_calendar AS d
JOIN staging.room_assignment_snapshots AS a
  ON a.snapshot_date = d.calendar_date AND a.leaves_on = d.calendar_date
JOIN seeds.code_tenant_status AS s
  ON s.code = a.tenant_status AND s.is_moveout = 1
/* Two joins on the whole grain, which has an index: one join to either day would read all of history on MySQL. */
LEFT JOIN silver.tenant_room_snapshot_daily AS r
  ON r.snapshot_date = d.calendar_date AND r.tenant_id = a.tenant_id AND r.room_id = a.room_id
LEFT JOIN silver.tenant_room_snapshot_daily AS b
  ON b.snapshot_date = d.previous_rooms_date AND b.tenant_id = a.tenant_id AND b.room_id = a.room_id
/* A tenant who has left is in status 16 or 17 and no longer in the day's population: so the population of the day before counts too. */
WHERE
  d.calendar_date BETWEEN @start_ds AND @end_ds
  AND d.has_rooms = 1
  AND (
    (
      a.moving_id = r.moving_id AND r.is_known_room = 1
    )
    OR (
      a.moving_id = b.moving_id AND b.is_known_room = 1
    )
  )