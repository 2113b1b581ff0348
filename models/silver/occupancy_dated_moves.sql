/* Moves of the 90 days after the newest day with files, as far as their dates are known on that day: rooms that fill and rooms that empty. */
MODEL (
  name silver.occupancy_dated_moves,
  kind VIEW,
  owner data_team,
  grain move_date,
  audits (UNIQUE_VALUES(columns := (
      move_date
  )), NOT_NULL(columns := (move_date, moves_in, moves_out)))
);

/* Kind: VIEW, for only silver.occupancy_projection reads it; people can read it too, to see where a projection comes from. */
WITH held AS (
  /* The rooms of that one day. Read once: each of the 90 days would otherwise search all of history. */
  SELECT
    a.as_of_date,
    r.room_id,
    CASE WHEN r.is_occupying = 1 THEN a.as_of_date ELSE r.original_movein_date END AS starts_on,
    CASE
      WHEN s.is_moveout = 1 AND r.moveout_date > a.as_of_date
      THEN r.moveout_date
      ELSE @add_days(a.as_of_date, 91) /* after the projection */
    END AS ends_on,
    r.is_occupying,
    MAX(CASE WHEN s.is_moveout = 0 THEN r.is_occupying END) OVER (PARTITION BY r.tenant_id) AS is_housed
  FROM silver.occupancy_newest_day AS a
  JOIN silver.tenant_room_snapshot_daily AS r
    ON r.snapshot_date = a.as_of_date AND r.is_known_room = 1
  JOIN seeds.code_tenant_status AS s
    ON s.code = r.management_status
  WHERE
    r.is_occupying = 1 OR r.original_movein_date > a.as_of_date
), stays AS (
  /* Stays that overlap in a room are one: a tenant who joins another, or leaves one behind, neither fills nor empties the room. */
  SELECT
    as_of_date,
    starts_on,
    MAX(ends_on) OVER (PARTITION BY room_id ORDER BY starts_on, ends_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_before,
    MAX(ends_on) OVER (PARTITION BY room_id ORDER BY starts_on, ends_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS ended_by,
    LEAD(starts_on) OVER (PARTITION BY room_id ORDER BY starts_on, ends_on) AS next_starts_on
  FROM held
  /* A tenant who lives in another room and has not given notice changes rooms: that occupies no further room. */
  WHERE
    ends_on > starts_on AND (
      is_occupying = 1 OR COALESCE(is_housed, 0) = 0
    )
), moves AS (
  SELECT
    as_of_date,
    starts_on AS move_date,
    1 AS moves_in,
    0 AS moves_out
  FROM stays
  WHERE
    ended_before IS NULL OR ended_before <= starts_on
  UNION ALL
  SELECT
    as_of_date,
    ended_by,
    0,
    1
  FROM stays
  WHERE
    next_starts_on IS NULL OR next_starts_on >= ended_by
)
SELECT
  move_date::DATE AS move_date, /* day after the newest day with files (JST) */
  SUM(moves_in)::BIGINT AS moves_in, /* rooms that are empty until a first move-in dated that day */
  SUM(moves_out)::BIGINT AS moves_out /* rooms that are empty once a tenant in status 14 or 15 has left on that day */
FROM moves
WHERE
  move_date > as_of_date AND move_date < @add_days(as_of_date, 91)
GROUP BY
  move_date