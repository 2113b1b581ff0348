AUDIT (
  name occupancy_adds_up
);

SELECT
  snapshot_date
FROM @this_model
WHERE
  period_start_rooms + occupancy_delta <> period_end_rooms
  OR new_moveins - new_moveouts <> occupancy_delta
  OR (
    day_kind = 'fact' AND period_end_rooms IS NULL
  )
  OR (
    day_kind = 'gap'
    AND NOT COALESCE(application_rooms, new_moveins, new_moveouts, period_start_rooms, period_end_rooms) IS NULL
  )