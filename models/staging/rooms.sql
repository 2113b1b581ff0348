/* Rooms as the property system holds them today. */
MODEL (
  name staging.rooms,
  kind VIEW,
  owner data_team,
  grain id,
  signals (
    dump_landed()
  ),
  audits (UNIQUE_VALUES(columns := (
      id
  )), NOT_NULL(columns := (id, apartment_id)), NUMBER_OF_ROWS(threshold := 0))
);

SELECT
  id, /* room id */
  apartment_id, /* property of the room */
  @clean_text(room_number, 64) AS room_number, /* room number */
  rent::DECIMAL(12, 0) AS rent, /* asking rent in yen per month */
  condo_fee::DECIMAL(12, 0) AS condo_fee, /* common service fee in yen per month */
  @clean_text(room_floor, 16) AS room_floor, /* floor */
  capacity::BIGINT AS capacity, /* count of persons the room is for */
  gender_type::BIGINT AS gender_type, /* gender the room is let to */
  @clean_text(bed_type, 64) AS bed_type, /* bed code */
  status::BIGINT AS status, /* 1 available, 4 used as living room, 6 not available */
  moving_id, /* current contract */
  @clean_timestamp(created_at) AS created_at, /* when the row was made, JST without time zone */
  @clean_timestamp(updated_at) AS updated_at /* when the row was last changed, JST without time zone */
FROM landing.rooms