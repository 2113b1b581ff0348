AUDIT (
  name periods_do_not_overlap
);

SELECT
  a.valid_from
FROM @this_model AS a
JOIN @this_model AS b
  ON b.valid_from > a.valid_from
WHERE
  NULLIF(a.valid_to, '') IS NULL OR b.valid_from <= a.valid_to