AUDIT (
  name signings_add_up
);

WITH here AS (
  SELECT
    COALESCE(SUM(contracts_signed_count), 0) AS signed
  FROM @this_model
  WHERE
    activity_date BETWEEN @start_ds AND @end_ds
), there AS (
  SELECT
    COUNT(*) AS signed
  FROM silver.int_contracts
  WHERE
    is_valid_contract = 1 AND contract_date BETWEEN @start_ds AND @end_ds
)
SELECT
  here.signed AS signed_here,
  there.signed AS signed_there
FROM here
CROSS JOIN there
WHERE
  here.signed <> there.signed