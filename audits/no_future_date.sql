AUDIT (
  name no_future_date
);

SELECT
  @column
FROM @this_model
WHERE
  @column > (
    SELECT
      MAX(business_date)
    FROM landing.load_ledger
    WHERE
      dataset = 'dump'
  )