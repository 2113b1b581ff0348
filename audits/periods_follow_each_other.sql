AUDIT (
  name periods_follow_each_other
);

WITH pairs AS (
  SELECT
    tenant_id,
    valid_to,
    end_reason,
    LEAD(valid_from) OVER (PARTITION BY tenant_id ORDER BY valid_from) AS next_from
  FROM @this_model
)
SELECT
  tenant_id
FROM pairs
WHERE
  NOT next_from IS NULL
  AND (
    valid_to IS NULL
    OR valid_to >= next_from
    OR (
      end_reason = 'changed' AND valid_to <> CAST(next_from - INTERVAL '1 DAY' AS DATE)
    )
  )