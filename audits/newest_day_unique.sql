AUDIT (
  name newest_day_unique
);

SELECT
  COUNT(*) AS copies
FROM @this_model
WHERE
  @day = (
    SELECT
      MAX(@day)
    FROM @this_model
  )
GROUP BY
  @EACH(@columns, c -> c)
HAVING
  COUNT(*) > 1