AUDIT (
  name no_future_date
);

SELECT
  audited.@column
FROM @this_model AS audited
CROSS JOIN silver.as_of
WHERE
  audited.@column > as_of.as_of_date