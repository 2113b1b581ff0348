/* Properties on every day that has a daily file of them, as the property system had them on that day. */
MODEL (
  name staging.property_snapshots,
  kind VIEW,
  owner data_team,
  grain (apartment_id, snapshot_date),
  signals (
    rooms_landed()
  ),
  audits (
    NEWEST_DAY_COMPLETE(day := snapshot_date, columns := (apartment_id, room_rows)),
    NEWEST_DAY_UNIQUE(day := snapshot_date, columns := (
      apartment_id
    ))
  )
);

SELECT
  apartment_id, /* property */
  @clean_text(unique_number, 64) AS unique_number, /* asset id: J and seven digits */
  @clean_text(apartment_name, 255) AS apartment_name, /* name on that day */
  @clean_text(prefecture, 64) AS prefecture, /* prefecture */
  @clean_text(municipality, 128) AS municipality, /* ward or city */
  CASE WHEN latitude BETWEEN -90 AND 90 THEN latitude END::DECIMAL(11, 8) AS latitude, /* latitude in degrees, as geocoded by that day */
  CASE WHEN longitude BETWEEN -180 AND 180 THEN longitude END::DECIMAL(11, 8) AS longitude, /* longitude in degrees, as geocoded by that day */
  room_count, /* count of rooms as the source kept it (sometimes too low) */
  room_rows, /* count of rows in the source's table of rooms */
  snapshot_date /* business day of the file (JST) */
FROM landing.property_snapshots