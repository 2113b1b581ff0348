/* Coordinates kept from earlier geocoding, used where the source has none: the reference file of the bucket as it was last landed. Empty without one. */
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
  latitude::DECIMAL(11, 8) AS latitude, /* latitude */
  longitude::DECIMAL(11, 8) AS longitude /* longitude */
FROM landing.property_geo_latlon_backup