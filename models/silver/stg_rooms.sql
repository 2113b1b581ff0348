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
  room_number, /* number on the door */
  rent, /* asking rent in yen a month */
  condo_fee, /* common service fee in yen a month */
  room_floor AS floor_number, /* floor */
  capacity, /* persons */
  gender_type, /* gender the room is let to */
  bed_type, /* bed code */
  status AS room_status, /* 1 available, 4 used as living room, 6 not available */
  moving_id AS current_lease_id, /* current contract */
  created_at, /* when the source made the row, naive JST */
  updated_at /* when the source last changed the row, naive JST */
FROM staging.rooms