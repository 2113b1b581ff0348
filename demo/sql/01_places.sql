-- Apartments and their rooms. Early apartments are the larger ones: the share of rooms grows with x in 0.6x + 0.4x².
CREATE TABLE apartments AS
SELECT
  i AS apartment_ix,
  var('apartment_base') + i + i // 12 AS id,
  rnd('ward', i, 1000) AS ward,
  rnd('geo', i, 1000) AS geo,
  rnd('lat', i, 20000) - 10000 AS lat_shift,
  rnd('lon', i, 20000) - 10000 AS lon_shift,
  w_house(rnd('house', i, 1000)) || w_kind(rnd('kind', i, 1000)) AS name,
  row_number() OVER (ORDER BY rnd('apartment-dirt', i, 1000000000), i) AS dirt_rank,
  i AS i
FROM range(1, var('apartments') + 1) t(i);

CREATE TABLE rooms AS
WITH placed AS (
  SELECT
    i AS room_ix,
    1 + (var('apartments') * (6 * (i - 1) * var('rooms') + 4 * (i - 1) * (i - 1))
      // (10 * var('rooms') * var('rooms'))) AS apartment_ix,
    rnd('room-status', i, 16401) AS s
  FROM range(1, var('rooms') + 1) t(i)
), numbered AS (
  SELECT *, row_number() OVER (PARTITION BY apartment_ix ORDER BY room_ix) AS n FROM placed
)
SELECT
  r.room_ix,
  var('room_base') + r.room_ix AS id,
  r.apartment_ix,
  a.id AS apartment_id,
  -- 4 is a room used as the living room, 6 is not for rent; neither is ever let
  CASE WHEN r.s < 15776 THEN 1 WHEN r.s < 15832 THEN 4 ELSE 6 END AS status,
  (1 + (r.n - 1) // 6) AS floor,
  (100 * (1 + (r.n - 1) // 6) + 1 + (r.n - 1) % 6)::VARCHAR AS room_number,
  36000 + 100 * rnd('room-rent', r.room_ix, 445) AS rent,
  1000 * (10 + rnd('condo', r.room_ix, 8)) AS condo_fee,
FROM numbered r JOIN apartments a USING (apartment_ix);
