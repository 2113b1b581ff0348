/* The business date: "as of" in every model is the day of the newest landed dump, never a clock. */
MODEL (
  name silver.as_of,
  kind VIEW,
  owner data_team,
  grain as_of_date,
  audits (NOT_NULL(columns := (
      as_of_date
  )), NUMBER_OF_ROWS(threshold := 0))
);

SELECT
  MAX(CASE WHEN dataset = 'dump' THEN business_date END)::DATE AS as_of_date, /* day (JST) of the newest landed dump */
  MAX(CASE WHEN dataset = 'tenant_status' THEN business_date END)::DATE AS snapshot_as_of_date, /* day (JST) of the newest landed status snapshot */
  MAX(CASE WHEN rooms_files = 2 THEN business_date END)::DATE AS rooms_as_of_date /* newest day (JST) whose room assignment and properties have landed, both */
FROM (
  SELECT
    dataset,
    business_date,
    SUM(CASE WHEN dataset IN ('room_assignment', 'property') THEN 1 ELSE 0 END) OVER (PARTITION BY business_date) AS rooms_files
  FROM staging.load_ledger
) AS landed