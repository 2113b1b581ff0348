AUDIT (
  name not_before
);

SELECT
  @earlier,
  @later
FROM @this_model
WHERE
  @later < @earlier