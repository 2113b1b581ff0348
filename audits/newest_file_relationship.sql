AUDIT (
  name newest_file_relationship
);

/* As relationship, for the day of the newest landed file: earlier days were checked when they were the newest. */
SELECT
  child.@column
FROM @this_model AS child
LEFT JOIN @parent AS parent
  ON parent.@parent_column = child.@column
WHERE
  NOT child.@column IS NULL
  AND parent.@parent_column IS NULL
  AND child.snapshot_date = (
    SELECT
      MAX(business_date)
    FROM landing.load_ledger
    WHERE
      dataset = @dataset
  )