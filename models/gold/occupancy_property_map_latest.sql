/* Occupancy of each property on the newest day with files, and what has changed in 7 days. */
MODEL (
  name gold.occupancy_property_map_latest,
  kind VIEW,
  owner data_team,
  grain apartment_id,
  audits (
    UNIQUE_VALUES(columns := (
      apartment_id
    )),
    NOT_NULL(columns := (snapshot_date, apartment_id, asset_id_hj, occupied_rooms, total_rooms, occupancy_rate)),
    WITHIN_TOKYO_AREA()
  )
);

/* Kind: VIEW, for it shows two days of another mart. */
WITH newest AS (
  SELECT
    MAX(snapshot_date) AS snapshot_date /* Of the table: MySQL finds it by its key, and would search all of the view. */
  FROM silver.occupancy_property_facts
)
SELECT
  d.snapshot_date::DATE AS snapshot_date, /* newest business day with files (JST) */
  d.apartment_id::BIGINT AS apartment_id, /* property */
  d.asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  d.apartment_name::VARCHAR(255) AS apartment_name, /* name of the property */
  d.prefecture::VARCHAR(64) AS prefecture, /* prefecture */
  d.municipality::VARCHAR(128) AS municipality, /* ward or city */
  d.latitude::DECIMAL(11, 8) AS latitude, /* latitude in degrees, NULL where none in the Tokyo area is known */
  d.longitude::DECIMAL(11, 8) AS longitude, /* longitude in degrees, of the same pair */
  d.occupied_rooms::BIGINT AS occupied_rooms, /* count of rooms with a primary tenant */
  d.total_rooms::BIGINT AS total_rooms, /* count of rooms */
  d.occupancy_rate::DECIMAL(10, 6) AS occupancy_rate, /* occupied rooms by total rooms, a share from 0 to 1 */
  b.occupied_rooms::BIGINT AS occupied_rooms_7_days_ago, /* count of rooms with a primary tenant 7 days before, NULL where that day has no files */
  b.occupancy_rate::DECIMAL(10, 6) AS occupancy_rate_7_days_ago, /* share 7 days before, NULL as above */
  (
    d.occupied_rooms - b.occupied_rooms
  )::BIGINT AS occupied_rooms_delta, /* rooms more than 7 days before, NULL as above */
  (
    d.occupancy_rate - b.occupancy_rate
  )::DECIMAL(10, 6) AS occupancy_rate_delta /* share more than 7 days before, NULL as above */
FROM newest AS n
JOIN gold.occupancy_property_daily AS d
  ON d.snapshot_date = n.snapshot_date
LEFT JOIN gold.occupancy_property_daily AS b
  ON b.apartment_id = d.apartment_id AND b.snapshot_date = @add_days(n.snapshot_date, -7)