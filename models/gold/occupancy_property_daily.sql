/* Occupancy of each property by day. Days without files have no rows. Name, prefecture and rooms are those of the day. Coordinates are those of
silver.stg_apartments now, for a property does not move: a correction in the source or in the reference file changes them on every day. A
property that the source no longer has keeps the coordinates of its day. */
MODEL (
  name gold.occupancy_property_daily,
  kind VIEW,
  owner data_team,
  grain (snapshot_date, apartment_id),
  audits (
    NOT_NULL(
      columns := (snapshot_date, apartment_id, asset_id_hj, occupied_rooms, total_rooms, occupancy_rate),
      condition := snapshot_date = (
        SELECT
          MAX(snapshot_date)
        FROM silver.occupancy_property_facts
      )
    )
  )
);

/* Kind: VIEW, for the facts are of their day and the coordinates are of now: a correction computes no day again. The audits of
silver.occupancy_property_facts and silver.stg_apartments hold for what it shows of earlier days, and for coordinates. No cast of the day and the property: MySQL finds neither by its key then. */
SELECT
  f.snapshot_date, /* business day (JST) */
  f.apartment_id, /* property */
  f.asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  f.apartment_name::VARCHAR(255) AS apartment_name, /* name on that day */
  f.prefecture::VARCHAR(64) AS prefecture, /* prefecture */
  COALESCE(NULLIF(f.municipality, 'Unknown'), a.municipality)::VARCHAR(128) AS municipality, /* ward or city on that day, else as silver.stg_apartments has it now */
  CASE WHEN a.apartment_id IS NULL THEN f.latitude ELSE a.latitude END::DECIMAL(11, 8) AS latitude, /* latitude in degrees as silver.stg_apartments has it now, NULL where none in the Tokyo area is known */
  CASE WHEN a.apartment_id IS NULL THEN f.longitude ELSE a.longitude END::DECIMAL(11, 8) AS longitude, /* longitude in degrees, of the same pair */
  f.occupied_rooms::BIGINT AS occupied_rooms, /* count of rooms with a primary tenant */
  f.total_rooms::BIGINT AS total_rooms, /* count of rooms on that day: the source's count or its rows, whichever is higher */
  (
    f.occupied_rooms::DECIMAL(18, 6) / f.total_rooms
  )::DECIMAL(10, 6) AS occupancy_rate /* occupied rooms by total rooms, a share from 0 to 1 */
FROM silver.occupancy_property_facts AS f
LEFT JOIN silver.stg_apartments AS a
  ON a.apartment_id = f.apartment_id