AUDIT (
  name at_least
);

SELECT
  @column
FROM @this_model
WHERE
  @column < @minimum