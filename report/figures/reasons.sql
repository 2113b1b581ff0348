-- The names of the reasons to move out.
SELECT DISTINCT
  moveout_reason_en AS value,
  moveout_reason_ja AS japanese
FROM gold.moveout_analysis
WHERE NOT moveout_reason_en IS NULL
ORDER BY 1
