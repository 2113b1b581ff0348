AUDIT (
  name unknown_is_not_zero
);

SELECT
  activity_date
FROM @this_model
WHERE
  (
    has_snapshot = 0
    AND NOT COALESCE(applications_count, confirmed_moveins_count, confirmed_moveouts_count, net_occupancy_delta) IS NULL
  )
  OR (
    has_snapshot = 1
    AND (
      applications_count IS NULL OR net_occupancy_delta <> confirmed_moveins_count - confirmed_moveouts_count
    )
  )