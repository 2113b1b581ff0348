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

/* Kind: FULL, for it is 90 rows that each new day changes. */
WITH days AS (
  SELECT
    a.as_of_date,
    @add_days(a.as_of_date, n.number) AS day,
    f.period_end_rooms
  FROM silver.occupancy_newest_day AS a
  JOIN silver.occupancy_facts AS f
    ON f.snapshot_date = a.as_of_date
  JOIN seeds.numbers AS n
    ON n.number BETWEEN 1 AND 90
), moves AS (
  SELECT
    d.as_of_date,
    d.day,
    d.period_end_rooms,
    COALESCE(m.moves_in, 0) AS moved_in,
    COALESCE(m.moves_out, 0) AS moved_out
  FROM days AS d
  LEFT JOIN silver.occupancy_dated_moves AS m
    ON m.move_date = d.day
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
  day::DATE AS snapshot_date, /* projected day (JST) */
  as_of_date::DATE AS as_of_date, /* newest day with files: the projection uses what was known on it */
  moved_in::BIGINT AS new_moveins, /* count of rooms that are empty until a first move-in dated that day */
  moved_out::BIGINT AS new_moveouts, /* count of rooms that are empty once a tenant in status 14 or 15 has left on that day */
  (
    moved_in - moved_out
  )::BIGINT AS occupancy_delta, /* move-ins less move-outs, in rooms */
  (
    period_end - moved_in + moved_out
  )::BIGINT AS period_start_rooms, /* occupied rooms at the end of the day before */
  period_end::BIGINT AS period_end_rooms /* occupied rooms at the end of the day: no application to come is in it */
FROM chained