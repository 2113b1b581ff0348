/* Rooms to let and rents of each day with files, as of that day. The rents are of the rooms occupied at 00:00: rooms with a move-out that
day count, those with a move-in that day do not. */
MODEL (
  name silver.room_totals_daily,
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
    NOT_NULL(columns := (snapshot_date, rooms_to_let, rented_rooms, rooms_with_rent, rent_total)),
    AT_LEAST(column := rooms_to_let, minimum := 1),
    NO_FUTURE_DATE(column := snapshot_date)
  )
);

/* Kind: a day depends on its own files alone, so it is computed once and no later rent or room can change it. */
WITH to_let AS (
  SELECT
    snapshot_date,
    SUM(total_rooms) AS rooms
  FROM silver.occupancy_property_facts
  WHERE
    snapshot_date BETWEEN @start_ds AND @end_ds
  GROUP BY
    snapshot_date
), rented AS (
  SELECT
    snapshot_date,
    COUNT(*) AS rooms,
    COUNT(monthly_rent) AS rooms_with_rent,
    SUM(monthly_rent) AS rent_total
  FROM silver.tenant_room_snapshot_daily
  WHERE
    snapshot_date BETWEEN @start_ds AND @end_ds
    AND is_room_primary = 1
    AND (
      original_movein_date IS NULL OR original_movein_date <> snapshot_date
    )
  GROUP BY
    snapshot_date
)
SELECT
  t.snapshot_date::DATE AS snapshot_date, /* business day (JST) */
  t.rooms::BIGINT AS rooms_to_let, /* count of rooms of all properties on that day: of each the source's count or its rows, whichever is higher */
  COALESCE(r.rooms, 0)::BIGINT AS rented_rooms, /* count of occupied rooms whose tenant did not move in that day */
  COALESCE(r.rooms_with_rent, 0)::BIGINT AS rooms_with_rent, /* count of those with a rent: 0 yen and less is none */
  COALESCE(r.rent_total, 0)::DECIMAL(18, 0) AS rent_total /* sum of their rents in yen per month, as of that day */
FROM to_let AS t
LEFT JOIN rented AS r
  ON r.snapshot_date = t.snapshot_date