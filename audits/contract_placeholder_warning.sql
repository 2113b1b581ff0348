AUDIT (
  name contract_placeholder_warning,
  blocking FALSE
);

/* Dates of contracts that staging takes for placeholders (macros/cleaning.py). */
SELECT
  placeholder_rows,
  all_rows
FROM (
  SELECT
    COUNT(source.@column) - (
      SELECT
        COUNT(@column)
      FROM @this_model
    ) AS placeholder_rows,
    COUNT(source.@column) AS all_rows
  FROM landing.movings AS source
) AS counted
WHERE
  placeholder_rows * 100 > all_rows * @percent