AUDIT (
  name no_future_date
) /* No date after the business date. It reads the ledger itself, so that a model need not depend on silver.as_of for its audit alone. */;

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