/* The business date: "as of" in every model is the day of the newest landed dump, never the clock. */
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
  MAX(CASE WHEN dataset = 'tenant_status' THEN business_date END)::DATE AS snapshot_as_of_date /* day (JST) of the newest landed file of tenant statuses */
FROM staging.load_ledger