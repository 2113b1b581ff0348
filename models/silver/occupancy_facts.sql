/* Occupancy of the company on each day, counted from that day's rooms: occupied rooms, rooms applied for, move-ins and move-outs. A day
without files is a gap: all its counts are NULL. */
MODEL (
  name silver.occupancy_facts,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column snapshot_date,
    batch_size 366
  ),
  owner data_team,
  tags history,
  grain snapshot_date,
  audits (
    UNIQUE_VALUES(columns := (
      snapshot_date
    )),
    NOT_NULL(columns := (snapshot_date, day_kind)),
    ACCEPTED_VALUES(column := day_kind, is_in := ('fact', 'gap')),
    OCCUPANCY_ADDS_UP(),
    NO_FUTURE_DATE(column := snapshot_date)
  )
);

/* Kind: a day depends on its own files and those of the day before. silver.business_calendar shows both, so a file that comes late
restates just these days. */
WITH days AS (
  SELECT
    calendar_date,
    has_rooms,
    previous_rooms_date,
    days_since_previous_rooms
  FROM silver.business_calendar
  WHERE
    calendar_date BETWEEN @start_ds AND @end_ds AND rooms_state <> 'before_history'
), counted AS (
  SELECT
    d.calendar_date,
    COUNT(DISTINCT CASE WHEN r.is_room_primary = 1 THEN r.room_id END) AS occupied,
    COUNT(DISTINCT CASE WHEN r.original_movein_date = d.calendar_date THEN r.room_id END) AS moved_in,
    COUNT(DISTINCT CASE WHEN s.is_application = 1 AND COALESCE(p.is_application, 0) = 0 THEN r.room_id END) AS applied
  FROM days AS d
  JOIN silver.tenant_room_snapshot_daily AS r
    ON r.snapshot_date = d.calendar_date
  JOIN seeds.code_tenant_status AS s
    ON s.code = r.management_status
  LEFT JOIN silver.tenant_room_snapshot_daily AS b
    ON b.snapshot_date = d.previous_rooms_date AND b.tenant_id = r.tenant_id AND b.room_id = r.room_id
  LEFT JOIN seeds.code_tenant_status AS p
    ON p.code = b.management_status
  WHERE
    r.is_known_room = 1
  GROUP BY
    d.calendar_date
), occupied_before AS (
  SELECT
    d.calendar_date,
    SUM(r.is_room_primary) AS occupied
  FROM days AS d
  JOIN silver.tenant_room_snapshot_daily AS r
    ON r.snapshot_date = d.previous_rooms_date
  GROUP BY
    d.calendar_date
), moved_out AS (
  SELECT
    snapshot_date,
    COUNT(*) AS rooms
  FROM silver.room_moveouts_daily
  GROUP BY
    snapshot_date
), figures AS (
  SELECT
    d.calendar_date,
    CASE WHEN d.has_rooms = 1 THEN COALESCE(c.occupied, 0) END AS period_end,
    CASE WHEN d.has_rooms = 1 THEN COALESCE(c.moved_in, 0) END AS moved_in,
    CASE WHEN d.has_rooms = 1 AND NOT d.previous_rooms_date IS NULL THEN COALESCE(o.rooms, 0) END AS moved_out,
    CASE WHEN d.days_since_previous_rooms = 1 THEN COALESCE(c.applied, 0) END AS applied,
    CASE WHEN d.days_since_previous_rooms = 1 THEN COALESCE(b.occupied, 0) END AS period_end_before,
    d.has_rooms
  FROM days AS d
  LEFT JOIN counted AS c
    ON c.calendar_date = d.calendar_date
  LEFT JOIN moved_out AS o
    ON o.snapshot_date = d.calendar_date
  LEFT JOIN occupied_before AS b
    ON b.calendar_date = d.calendar_date
)
SELECT
  calendar_date::DATE AS snapshot_date, /* business day (JST) */
  CASE WHEN has_rooms = 1 THEN 'fact' ELSE 'gap' END::VARCHAR(16) AS day_kind, /* fact, or gap: the day has no files, so all counts are NULL */
  applied::BIGINT AS application_rooms, /* count of rooms for which a tenant entered status 4 or 5 that day. NULL where the day before has no files. Applications of tenants: silver.tenant_applications */
  moved_in::BIGINT AS new_moveins, /* count of rooms whose tenant's first move-in is that day */
  moved_out::BIGINT AS new_moveouts, /* count of rooms whose tenant moves out that day and is in status 14 to 17. NULL on the first day with files */
  (
    moved_in - moved_out
  )::BIGINT AS occupancy_delta, /* move-ins less move-outs, in rooms */
  CASE WHEN NOT period_end_before IS NULL THEN period_end - moved_in + moved_out END::BIGINT AS period_start_rooms, /* count of occupied rooms at 00:00: the end less the delta. NULL where the day before has no files */
  period_end::BIGINT AS period_end_rooms, /* count of occupied rooms at the end of the day: rooms with a primary tenant */
  (
    period_end - moved_in + moved_out - period_end_before
  )::BIGINT AS unexplained_rooms /* rooms at the start of the day less rooms at the end of the day before: changes that no dated move explains */
FROM figures