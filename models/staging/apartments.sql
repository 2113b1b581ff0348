/* Properties as the property system holds them today. */
MODEL (
  name staging.apartments,
  kind VIEW,
  owner data_team,
  grain id,
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_VALUES(columns := (
      id
    )),
    NOT_NULL(columns := (id, apartment_name, prefecture)),
    NUMBER_OF_ROWS(threshold := 0)
  )
);

SELECT
  id, /* property id */
  @clean_text(unique_number, 64) AS unique_number, /* asset id: J and seven digits */
  @clean_text(apartment_name, 255) AS apartment_name, /* name */
  @clean_text(apartment_name_en, 255) AS apartment_name_en, /* English name */
  @clean_text(apartment_name_old, 255) AS apartment_name_old, /* former name */
  @clean_text(prefecture, 64) AS prefecture, /* prefecture */
  @clean_text(municipality, 128) AS municipality, /* ward or city */
  @clean_text(address, 512) AS address, /* street address */
  @clean_text(full_address, 1024) AS full_address, /* address with prefecture and municipality */
  @clean_text(zip_code, 16) AS zip_code, /* postal code */
  latitude::DECIMAL(11, 8) AS latitude, /* latitude in degrees, as geocoded */
  longitude::DECIMAL(11, 8) AS longitude, /* longitude in degrees, as geocoded */
  room_count::BIGINT AS room_count, /* count of rooms as the source keeps it (sometimes too low) */
  vacancy_room_count::BIGINT AS vacancy_room_count, /* count of vacant rooms as the source keeps it (out of date) */
  @clean_text(apartment_type, 64) AS apartment_type, /* type code of the property, undocumented */
  @clean_text(building_type, 64) AS building_type, /* building code, undocumented */
  @clean_text(status, 64) AS status, /* status code of the property, undocumented */
  @clean_timestamp(created_at) AS created_at, /* when the row was made, JST without time zone */
  @clean_timestamp(updated_at) AS updated_at /* when the row was last changed, JST without time zone */
FROM landing.apartments