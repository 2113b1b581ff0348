AUDIT (
  name within_all_rooms
);

SELECT
  @occupied
FROM @this_model
WHERE
  @occupied < 0 OR @occupied > @total