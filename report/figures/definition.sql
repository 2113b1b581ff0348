-- The definitions behind the key figures.
SELECT
  kpi_definition_version AS version,
  same_day_moveout_policy AS policy
FROM gold.kpi_reference_trace
