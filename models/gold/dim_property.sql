/* Properties as the source has them now, one row each. */
MODEL (
  name gold.dim_property,
  kind VIEW,
  owner data_team,
  grain apartment_id,
  audits (
    UNIQUE_VALUES(columns := (
      apartment_id
    )),
    NOT_NULL(columns := (apartment_id, asset_id_hj)),
    WITHIN_TOKYO_AREA()
  )
);

/* Kind: VIEW, for it is a table of silver under other names. */
SELECT
  apartment_id::BIGINT AS apartment_id, /* property */
  asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  apartment_name::VARCHAR(255) AS apartment_name, /* name */
  apartment_name_en::VARCHAR(255) AS apartment_name_en, /* English name */
  prefecture::VARCHAR(64) AS prefecture, /* prefecture */
  municipality::VARCHAR(128) AS municipality, /* ward or city, as the source has it or from the address */
  full_address::VARCHAR(1024) AS full_address, /* address with prefecture and municipality */
  zip_code::VARCHAR(16) AS zip_code, /* postal code */
  latitude::DECIMAL(11, 8) AS latitude, /* latitude in degrees, NULL where none in the Tokyo area is known */
  longitude::DECIMAL(11, 8) AS longitude, /* longitude in degrees, of the same pair */
  room_count::BIGINT AS room_count, /* count of rooms as the source keeps it (sometimes too low) */
  vacancy_room_count::BIGINT AS vacancy_room_count, /* count of vacant rooms as the source keeps it (out of date) */
  property_status AS property_status, /* status code, undocumented */
  apartment_type AS apartment_type, /* type code, undocumented */
  building_type AS building_type, /* building code, undocumented */
  created_at::TIMESTAMP AS created_at, /* when the source made the row, JST without time zone */
  updated_at::TIMESTAMP AS updated_at /* when the source last changed the row, JST without time zone */
FROM silver.stg_apartments
WHERE
  NOT asset_id_hj IS NULL