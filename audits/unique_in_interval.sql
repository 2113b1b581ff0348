AUDIT (
  name unique_in_interval
);

SELECT
  COUNT(*) AS copies
FROM @this_model
WHERE
  @day BETWEEN @start_ds AND @end_ds
GROUP BY
  @EACH(@columns, c -> c)
HAVING
  COUNT(*) > 1