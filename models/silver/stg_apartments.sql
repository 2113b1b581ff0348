/* Properties with coordinates that are a valid pair or none. */
MODEL (
  name silver.stg_apartments,
  kind FULL,
  owner data_team,
  grain apartment_id,
  audits (
    UNIQUE_VALUES(columns := (
      apartment_id
    )),
    NOT_NULL(columns := (apartment_id, asset_id_hj, apartment_name, prefecture)),
    WITHIN_TOKYO_AREA(),
    NUMBER_OF_ROWS(threshold := 0)
  )
);

/* Kind: FULL, for each property's address is compared with each municipality, and gold.occupancy_property_daily reads a property for each of its days. */
WITH located AS (
  SELECT
    a.id AS apartment_id,
    CASE
      WHEN @in_tokyo_area(a.latitude, a.longitude)
      THEN 'own'
      WHEN @in_tokyo_area(b.latitude, b.longitude)
      THEN 'backup'
    END AS pair,
    b.latitude AS backup_latitude,
    b.longitude AS backup_longitude
  FROM staging.apartments AS a
  LEFT JOIN staging.property_geo_latlon_backup AS b
    ON b.apartment_id = a.id
)
SELECT
  a.id AS apartment_id, /* property id */
  a.unique_number AS asset_id_hj, /* asset id: J and seven digits */
  a.apartment_name, /* name */
  a.apartment_name_en, /* English name */
  a.apartment_name_old, /* former name */
  a.prefecture, /* prefecture */
  COALESCE(NULLIF(a.municipality, 'Unknown'), s.municipality)::VARCHAR(128) AS municipality, /* ward or city: the source's, else the one that the address begins with, else NULL */
  a.address, /* street address */
  a.full_address, /* address with prefecture and municipality */
  a.zip_code, /* postal code */
  CASE l.pair WHEN 'own' THEN a.latitude WHEN 'backup' THEN l.backup_latitude END::DECIMAL(11, 8) AS latitude, /* latitude in degrees: own, else from the reference file, else NULL */
  CASE l.pair WHEN 'own' THEN a.longitude WHEN 'backup' THEN l.backup_longitude END::DECIMAL(11, 8) AS longitude, /* longitude in degrees, of the same pair */
  a.room_count, /* count of rooms as the source keeps it (sometimes too low) */
  a.vacancy_room_count, /* count of vacant rooms as the source keeps it (out of date) */
  a.apartment_type, /* type code, undocumented */
  a.building_type, /* building code, undocumented */
  a.status AS property_status, /* status code, undocumented */
  a.created_at, /* when the source made the row, JST without time zone */
  a.updated_at /* when the source last changed the row, JST without time zone */
FROM staging.apartments AS a
JOIN located AS l
  ON l.apartment_id = a.id
LEFT JOIN seeds.municipalities AS s
  ON a.full_address LIKE CONCAT(s.prefecture, s.municipality, '%')