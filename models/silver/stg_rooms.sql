/* Rooms with the names that the rest of the warehouse uses. */
MODEL (
  name silver.stg_rooms,
  kind VIEW,
  owner data_team,
  grain room_id,
  audits (NOT_NULL(columns := (room_id, apartment_id)), UNIQUE_VALUES(columns := (
      room_id
  )))
);

SELECT
  id AS room_id, /* room id */
  apartment_id, /* property */
  room_number, /* room number */
  rent, /* asking rent in yen per month */
  condo_fee, /* common service fee in yen per month */
  room_floor AS floor_number, /* floor */
  capacity, /* count of persons the room is for */
  gender_type, /* gender the room is let to */
  bed_type, /* bed code */
  status AS room_status, /* 1 available, 4 used as living room, 6 not available */
  moving_id AS current_lease_id, /* current contract */
  created_at, /* when the source made the row, JST without time zone */
  updated_at /* when the source last changed the row, JST without time zone */
FROM staging.rooms