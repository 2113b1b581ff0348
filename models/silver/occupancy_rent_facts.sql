/* Rent of the rooms that are occupied at 00:00 of each day, as of that day: rooms with a move-out that day count, those with a move-in that day do not. */
MODEL (
  name silver.occupancy_rent_facts,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column snapshot_date,
    batch_size 366
  ),
  owner data_team,
  grain snapshot_date,
  tags history,
  audits (
    UNIQUE_VALUES(columns := (
      snapshot_date
    )),
    NOT_NULL(columns := (snapshot_date, rooms, rooms_with_rent, rent_total)),
    AT_LEAST(column := rooms_with_rent, minimum := 0),
    NO_FUTURE_DATE(column := snapshot_date)
  )
);

/* Kind: a day depends on its own files alone, so it is computed once and no later rent can change it. */
SELECT
  snapshot_date::DATE AS snapshot_date, /* business day (JST) */
  COUNT(*)::BIGINT AS rooms, /* count of occupied rooms whose tenant did not move in that day */
  COUNT(monthly_rent)::BIGINT AS rooms_with_rent, /* count of those with a rent: 0 yen and less is none */
  COALESCE(SUM(monthly_rent), 0)::DECIMAL(18, 0) AS rent_total /* sum of their rents in yen per month, as of that day */
FROM silver.tenant_room_snapshot_daily
WHERE
  snapshot_date BETWEEN @start_ds AND @end_ds
  AND is_room_primary = 1
  AND (
    original_movein_date IS NULL OR original_movein_date <> snapshot_date
  )
GROUP BY
  snapshot_date