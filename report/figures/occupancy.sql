-- Occupancy of each day: facts, gaps, then the projection.
SELECT
  snapshot_date AS day,
  day_kind AS kind,
  period_end_rooms AS rooms,
  total_physical_rooms AS total,
  occupancy_rate AS rate,
  new_moveins AS moveins,
  new_moveouts AS moveouts,
  occupancy_delta AS net,
  application_rooms AS applications
FROM gold.occupancy_daily_metrics
WHERE snapshot_date > :compared_since
ORDER BY snapshot_date
