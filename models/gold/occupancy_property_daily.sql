/* Occupancy of each property by day, with the rooms it had that day. Days without files have no rows. Name, prefecture and rooms are those of the
day. The place is not: a property does not move, so all of its days show the coordinates that silver.stg_apartments shows now. Where the
source or the reference file corrects them, they change on every day. A property that the source no longer has shows those of its day. */
MODEL (
  name gold.occupancy_property_daily,
  kind VIEW,
  owner data_team,
  grain (snapshot_date, apartment_id),
  audits (
    NOT_NULL(columns := (snapshot_date, apartment_id, asset_id_hj, occupied_rooms, total_rooms, occupancy_rate)),
    WITHIN_TOKYO_AREA()
  )
);

/* Kind: VIEW, for the facts are those of their day and the place is that of now; so a corrected place computes no day again. */
SELECT
  f.snapshot_date::DATE AS snapshot_date, /* business day (JST) */
  f.apartment_id::BIGINT AS apartment_id, /* property */
  f.asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  f.apartment_name::VARCHAR(255) AS apartment_name, /* name on that day */
  f.prefecture::VARCHAR(64) AS prefecture, /* prefecture */
  f.municipality::VARCHAR(128) AS municipality, /* ward or city */
  CASE WHEN a.apartment_id IS NULL THEN f.latitude ELSE a.latitude END::DECIMAL(11, 8) AS latitude, /* latitude as silver.stg_apartments has it now, NULL where nobody knows one in the area */
  CASE WHEN a.apartment_id IS NULL THEN f.longitude ELSE a.longitude END::DECIMAL(11, 8) AS longitude, /* longitude, of the same pair */
  f.occupied_rooms::BIGINT AS occupied_rooms, /* rooms with a primary tenant */
  f.total_rooms::BIGINT AS total_rooms, /* rooms on that day: the source's count or its rows, whichever is more */
  (
    f.occupied_rooms::DECIMAL(18, 6) / f.total_rooms
  )::DECIMAL(10, 6) AS occupancy_rate /* occupied rooms of all */
FROM silver.occupancy_property_facts AS f
LEFT JOIN silver.stg_apartments AS a
  ON a.apartment_id = f.apartment_id