/* Inquiries by day, and whether the inquirer became a tenant. One row per inquiry, also when two tenants share it. */
MODEL (
  name silver.stg_inquiries,
  kind VIEW,
  owner data_team,
  grain inquiry_id,
  audits (
    UNIQUE_VALUES(columns := (
      inquiry_id
    )),
    NOT_NULL(columns := (inquiry_id, inquiry_date, inquiry_timestamp, converted_to_tenant)),
    ACCEPTED_VALUES(column := converted_to_tenant, is_in := (0, 1))
  )
);

WITH converted AS (
  SELECT DISTINCT
    inquiry_id
  FROM staging.tenants
  WHERE
    NOT inquiry_id IS NULL
)
SELECT
  i.id AS inquiry_id, /* inquiry id */
  i.tenant_id, /* tenant that the inquirer became, as the inquiry says */
  i.created_at::DATE AS inquiry_date, /* day of the inquiry (JST) */
  i.created_at AS inquiry_timestamp, /* time of the inquiry, JST without time zone */
  i.updated_at, /* when the source last changed the row, JST without time zone */
  CASE WHEN c.inquiry_id IS NULL THEN 0 ELSE 1 END::BIGINT AS converted_to_tenant /* 1: some tenant names this inquiry */
FROM staging.inquiries AS i
LEFT JOIN converted AS c
  ON c.inquiry_id = i.id