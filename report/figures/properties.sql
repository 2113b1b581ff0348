-- Each property on the newest day with files, and its change over 7 days.
SELECT
  asset_id_hj AS asset,
  apartment_name AS name,
  municipality AS place,
  latitude,
  longitude,
  occupied_rooms AS rooms,
  total_rooms AS total,
  occupancy_rate AS rate,
  occupied_rooms_delta AS rooms_change,
  occupancy_rate_delta AS rate_change
FROM gold.occupancy_property_map_latest
ORDER BY asset_id_hj, apartment_id
