/* Occupancy of the 90 days after the newest day with files, projected from the moves that are already dated there. */
MODEL (
  name silver.occupancy_projection,
  kind FULL,
  owner data_team,
  grain snapshot_date,
  audits (
    UNIQUE_VALUES(columns := (
      snapshot_date
    )),
    NOT_NULL(
      columns := (snapshot_date, as_of_date, new_moveins, new_moveouts, occupancy_delta, period_start_rooms, period_end_rooms)
    ),
    EMPTY_ONLY_WITH(parent := silver.occupancy_facts)
  )
);

/* Kind: FULL, for it is 90 rows that each new day moves on. */
WITH RECURSIVE ahead AS (
  SELECT
    1 AS n
  UNION ALL
  SELECT
    n + 1
  FROM ahead
  WHERE
    n < 90
), newest AS (
  /* The newest day that is computed, not landed: a plan ends a day earlier than the run behind it. */
  SELECT
    MAX(snapshot_date) AS as_of_date
  FROM silver.occupancy_facts
  WHERE
    day_kind = 'fact'
), days AS (
  SELECT
    a.as_of_date,
    @add_days(a.as_of_date, h.n) AS day,
    f.period_end_rooms
  FROM newest AS a
  JOIN silver.occupancy_facts AS f
    ON f.snapshot_date = a.as_of_date
  CROSS JOIN ahead AS h
), moves AS (
  SELECT
    d.as_of_date,
    d.day,
    d.period_end_rooms,
    COUNT(DISTINCT CASE WHEN r.original_movein_date = d.day THEN r.room_id END) AS moved_in,
    COUNT(DISTINCT CASE WHEN r.moveout_date = d.day AND s.is_moveout = 1 THEN r.room_id END) AS moved_out
  FROM days AS d
  LEFT JOIN silver.tenant_room_snapshot_daily AS r
    ON r.snapshot_date = d.as_of_date
    AND r.is_known_room = 1
    AND (
      r.original_movein_date = d.day OR r.moveout_date = d.day
    )
  LEFT JOIN seeds.code_tenant_status AS s
    ON s.code = r.management_status
  GROUP BY
    d.as_of_date,
    d.day,
    d.period_end_rooms
), chained AS (
  SELECT
    as_of_date,
    day,
    moved_in,
    moved_out,
    period_end_rooms + SUM(moved_in - moved_out) OVER (ORDER BY day) AS period_end
  FROM moves
)
SELECT
  day::DATE AS snapshot_date, /* day ahead (JST) */
  as_of_date::DATE AS as_of_date, /* newest day with files: what was known on it is projected */
  moved_in::BIGINT AS new_moveins, /* rooms whose tenant's first move-in is dated that day */
  moved_out::BIGINT AS new_moveouts, /* rooms whose tenant, in status 14 or 15, has that move-out day */
  (
    moved_in - moved_out
  )::BIGINT AS occupancy_delta, /* move-ins less move-outs */
  (
    period_end - moved_in + moved_out
  )::BIGINT AS period_start_rooms, /* end of the day before */
  period_end::BIGINT AS period_end_rooms /* start and delta: it knows of no application to come */
FROM chained