AUDIT (
  name newest_day_complete
);

SELECT
  @day
FROM @this_model
WHERE
  @day = (
    SELECT
      MAX(@day)
    FROM @this_model
  )
  AND (
    @REDUCE(@EACH(@columns, c -> c IS NULL), (l, r) -> l OR r)
  )