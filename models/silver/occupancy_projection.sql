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
), held AS (
  /* The rooms of that one day: without it each of the 90 days would look for it among all days of history. */
  SELECT
    r.room_id,
    r.original_movein_date,
    CASE WHEN s.is_moveout = 1 THEN r.moveout_date END AS leaves_on
  FROM newest AS a
  JOIN silver.tenant_room_snapshot_daily AS r
    ON r.snapshot_date = a.as_of_date AND r.is_known_room = 1
  JOIN seeds.code_tenant_status AS s
    ON s.code = r.management_status
), dated AS (
  SELECT
    original_movein_date AS day,
    room_id AS moves_in,
    NULL AS moves_out
  FROM held
  UNION ALL
  SELECT
    leaves_on,
    NULL,
    room_id
  FROM held
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
    COUNT(DISTINCT m.moves_in) AS moved_in,
    COUNT(DISTINCT m.moves_out) AS moved_out
  FROM days AS d
  LEFT JOIN dated AS m
    ON m.day = d.day
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