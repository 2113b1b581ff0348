AUDIT (
  name unknown_share_warning,
  blocking FALSE
);

SELECT
  SUM(CASE WHEN @column = 'unknown' THEN 1 ELSE 0 END) AS unknown_rows,
  COUNT(*) AS all_rows
FROM @this_model
HAVING
  SUM(CASE WHEN @column = 'unknown' THEN 1 ELSE 0 END) * 100 > COUNT(*) * @percent