/* Coordinates of an earlier geocoding, for properties that have none in the source: the newest reference file of the bucket. Empty without one. */
MODEL (
  name staging.property_geo_latlon_backup,
  kind VIEW,
  owner data_team,
  grain apartment_id,
  signals (
    DUMP_LANDED()
  ),
  audits (UNIQUE_VALUES(columns := (
      apartment_id
  )), NOT_NULL(columns := (apartment_id, latitude, longitude)))
);

SELECT
  apartment_id, /* property */
  latitude::DECIMAL(11, 8) AS latitude, /* latitude in degrees */
  longitude::DECIMAL(11, 8) AS longitude /* longitude in degrees */
FROM landing.property_geo_latlon_backup