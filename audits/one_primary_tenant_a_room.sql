AUDIT (
  name one_primary_tenant_a_room
);

SELECT
  snapshot_date,
  room_id
FROM @this_model
WHERE
  is_room_primary = 1
GROUP BY
  snapshot_date,
  room_id
HAVING
  COUNT(*) > 1