AUDIT (
  name unknown_room_warning,
  blocking FALSE
);

SELECT
  SUM(1 - is_known_room) AS rows_of_unknown_rooms,
  COUNT(*) AS all_rows
FROM @this_model
HAVING
  SUM(1 - is_known_room) * 100 > COUNT(*) * @percent