AUDIT (
  name empty_only_with
);

SELECT
  COUNT(*) AS parent_rows
FROM @parent
HAVING
  COUNT(*) > 0 AND NOT EXISTS(
    SELECT
      1
    FROM @this_model
  )