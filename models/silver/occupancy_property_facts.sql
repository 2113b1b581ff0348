/* Occupied rooms of each property by day, with its rooms, name and place on that day. Days without files have no rows. */
MODEL (
  name silver.occupancy_property_facts,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column snapshot_date,
    batch_size 366
  ),
  depends_on (
    silver.occupancy_facts
  ),
  owner data_team,
  tags history,
  grain (snapshot_date, apartment_id),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (snapshot_date, apartment_id)),
    NOT_NULL(columns := (snapshot_date, apartment_id, asset_id_hj, occupied_rooms, total_rooms)),
    WITHIN_ALL_ROOMS(occupied := occupied_rooms, total := total_rooms),
    ROOMS_ADD_UP(),
    WITHIN_TOKYO_AREA(),
    NO_FUTURE_DATE(column := snapshot_date)
  )
);

/* Kind: a day depends on its own files alone: names, places and rooms are those of the day. */
WITH occupied AS (
  SELECT
    snapshot_date,
    apartment_id,
    SUM(is_room_primary) AS rooms
  FROM silver.tenant_room_snapshot_daily
  WHERE
    snapshot_date BETWEEN @start_ds AND @end_ds
  GROUP BY
    snapshot_date,
    apartment_id
), properties AS (
  SELECT
    s.snapshot_date,
    s.apartment_id,
    s.unique_number,
    s.apartment_name,
    s.prefecture,
    s.municipality,
    CASE WHEN @in_tokyo_area(s.latitude, s.longitude) THEN 1 ELSE 0 END AS is_located,
    s.latitude,
    s.longitude,
    CASE WHEN s.room_count > s.room_rows THEN s.room_count ELSE s.room_rows END AS total_rooms /* The source's own count is sometimes too low. */
  FROM staging.property_snapshots AS s
  JOIN silver.business_calendar AS d
    ON d.calendar_date = s.snapshot_date AND d.has_rooms = 1
  WHERE
    s.snapshot_date BETWEEN @start_ds AND @end_ds
)
SELECT
  p.snapshot_date::DATE AS snapshot_date, /* business day (JST) */
  p.apartment_id::BIGINT AS apartment_id, /* property */
  p.unique_number::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  p.apartment_name::VARCHAR(255) AS apartment_name, /* name on that day */
  p.prefecture::VARCHAR(64) AS prefecture, /* prefecture */
  p.municipality::VARCHAR(128) AS municipality, /* ward or city */
  CASE WHEN p.is_located = 1 THEN p.latitude END::DECIMAL(11, 8) AS latitude, /* latitude in degrees as the source had it on that day, NULL outside the Tokyo area */
  CASE WHEN p.is_located = 1 THEN p.longitude END::DECIMAL(11, 8) AS longitude, /* longitude in degrees, of the same pair */
  COALESCE(o.rooms, 0)::BIGINT AS occupied_rooms, /* count of rooms with a primary tenant */
  p.total_rooms::BIGINT AS total_rooms /* count of rooms on that day: the source's count or its rows, whichever is higher */
FROM properties AS p
LEFT JOIN occupied AS o
  ON o.snapshot_date = p.snapshot_date AND o.apartment_id = p.apartment_id
WHERE
  p.total_rooms > 0