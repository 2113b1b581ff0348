AUDIT (
  name relationship
);

SELECT
  child.@column
FROM @this_model AS child
LEFT JOIN @parent AS parent
  ON parent.@parent_column = child.@column
WHERE
  NOT child.@column IS NULL AND parent.@parent_column IS NULL