AUDIT (
  name contract_placeholder_warning,
  blocking FALSE
);

/* Dates of contracts that the source holds and the door takes for placeholders (macros/cleaning.py). */
SELECT
  COUNT(source.@column) - (
    SELECT
      COUNT(@column)
    FROM @this_model
  ) AS placeholder_rows,
  COUNT(source.@column) AS all_rows
FROM landing.movings AS source
HAVING
  (
    COUNT(source.@column) - (
      SELECT
        COUNT(@column)
      FROM @this_model
    )
  ) * 100 > COUNT(source.@column) * @percent