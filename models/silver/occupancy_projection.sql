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
WITH newest AS (
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
    CASE WHEN r.is_occupying = 1 THEN a.as_of_date ELSE r.original_movein_date END AS comes_on,
    CASE
      WHEN s.is_moveout = 1 AND r.moveout_date > a.as_of_date
      THEN r.moveout_date
      ELSE @add_days(a.as_of_date, 91) /* not within what is projected */
    END AS leaves_on,
    r.is_occupying,
    MAX(CASE WHEN s.is_moveout = 0 THEN r.is_occupying END) OVER (PARTITION BY r.tenant_id) AS is_housed
  FROM newest AS a
  JOIN silver.tenant_room_snapshot_daily AS r
    ON r.snapshot_date = a.as_of_date AND r.is_known_room = 1
  JOIN seeds.code_tenant_status AS s
    ON s.code = r.management_status
  WHERE
    r.is_occupying = 1 OR r.original_movein_date > a.as_of_date
), stays AS (
  /* Stays that overlap in a room are one: who comes to somebody, or leaves somebody behind, fills and empties no room. */
  SELECT
    comes_on,
    MAX(leaves_on) OVER (PARTITION BY room_id ORDER BY comes_on, leaves_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS left_before,
    MAX(leaves_on) OVER (PARTITION BY room_id ORDER BY comes_on, leaves_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS left_by,
    LEAD(comes_on) OVER (PARTITION BY room_id ORDER BY comes_on, leaves_on) AS next_comes_on
  FROM held
  /* Who lives in another room without having given notice changes rooms: none more is occupied for it. */
  WHERE
    leaves_on > comes_on AND (
      is_occupying = 1 OR COALESCE(is_housed, 0) = 0
    )
), dated AS (
  SELECT
    comes_on AS day,
    1 AS moves_in,
    0 AS moves_out
  FROM stays
  WHERE
    left_before IS NULL OR left_before <= comes_on
  UNION ALL
  SELECT
    left_by,
    0,
    1
  FROM stays
  WHERE
    next_comes_on IS NULL OR next_comes_on >= left_by
), days AS (
  SELECT
    a.as_of_date,
    @add_days(a.as_of_date, n.number) AS day,
    f.period_end_rooms
  FROM newest AS a
  JOIN silver.occupancy_facts AS f
    ON f.snapshot_date = a.as_of_date
  JOIN seeds.numbers AS n
    ON n.number BETWEEN 1 AND 90
), moves AS (
  SELECT
    d.as_of_date,
    d.day,
    d.period_end_rooms,
    COALESCE(SUM(m.moves_in), 0) AS moved_in,
    COALESCE(SUM(m.moves_out), 0) AS moved_out
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
  moved_in::BIGINT AS new_moveins, /* rooms that are empty until a first move-in dated that day */
  moved_out::BIGINT AS new_moveouts, /* rooms that are empty once a tenant in status 14 or 15 has left on that day */
  (
    moved_in - moved_out
  )::BIGINT AS occupancy_delta, /* move-ins less move-outs */
  (
    period_end - moved_in + moved_out
  )::BIGINT AS period_start_rooms, /* end of the day before */
  period_end::BIGINT AS period_end_rooms /* start and delta: it knows of no application to come */
FROM chained