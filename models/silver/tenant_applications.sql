/* Applications of tenants: one row for each day on which a tenant entered an application status (4 or 5). */
MODEL (
  name silver.tenant_applications,
  kind VIEW,
  owner data_team,
  grain (tenant_id, application_date),
  audits (
    NOT_NULL(columns := (tenant_id, application_date))
  )
);

/* Kind: VIEW, for silver.activity_events alone computes with it. */
WITH changes AS (
  SELECT
    change_date,
    tenant_id,
    change_type,
    status,
    previous_status,
    LAG(previous_status) OVER (PARTITION BY tenant_id ORDER BY change_date) AS status_vanished_in /* A tenant who was in no file for some days comes back from this status. */
  FROM silver.tenant_status_changes
)
SELECT
  c.tenant_id, /* tenant */
  c.change_date AS application_date /* day of the daily file that shows it (JST) */
FROM changes AS c
JOIN seeds.code_tenant_status AS s
  ON s.code = c.status AND s.is_application = 1
LEFT JOIN seeds.code_tenant_status AS b
  ON b.code = COALESCE(c.previous_status, c.status_vanished_in)
/* Entering the application statuses, not moving between them; the first file of all shows a state, not an event. */
WHERE
  c.change_type <> 'seeded' AND COALESCE(b.is_application, 0) = 0