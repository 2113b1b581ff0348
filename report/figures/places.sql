-- Occupied rooms and rooms to let of each day by municipality.
SELECT
  snapshot_date AS day,
  municipality AS place,
  SUM(occupied_rooms) AS rooms,
  SUM(total_rooms) AS total
FROM gold.occupancy_property_daily
WHERE snapshot_date > :shown_since
GROUP BY snapshot_date, municipality
ORDER BY snapshot_date, municipality
