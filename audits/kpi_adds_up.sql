AUDIT (
  name kpi_adds_up
);

SELECT
  as_of_date
FROM @this_model
WHERE
  occupancy_room_count_eod <> occupancy_room_count_0000 + same_day_moveins - same_day_moveouts