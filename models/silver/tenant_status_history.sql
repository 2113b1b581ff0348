/* Status history of each tenant (SCD type 2): one row per period of days with the same status and contract type. */
MODEL (
  name silver.tenant_status_history,
  kind FULL,
  owner data_team,
  grain (tenant_id, valid_from),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (tenant_id, valid_from)),
    NOT_NULL(columns := (tenant_id, status, contract_type, valid_from, is_current, status_ja, tenant_type)),
    ACCEPTED_VALUES(column := end_reason, is_in := ('changed', 'vanished')),
    NOT_BEFORE(earlier := valid_from, later := valid_to),
    AT_LEAST(column := days_in_status, minimum := 1),
    PERIODS_FOLLOW_EACH_OTHER(),
    EMPTY_ONLY_WITH(parent := silver.tenant_status_changes)
  )
);

/* Kind: FULL, for a change closes the period before it, however old, and the changes (some 80,000 rows) are
few. The costly part, comparing daily files, is in silver.tenant_status_changes. */
WITH ordered AS (
  SELECT
    tenant_id,
    change_date,
    change_type,
    status,
    contract_type,
    days_since_previous_snapshot,
    LEAD(change_date) OVER (PARTITION BY tenant_id ORDER BY change_date) AS next_date,
    LEAD(change_type) OVER (PARTITION BY tenant_id ORDER BY change_date) AS next_type
  FROM silver.tenant_status_changes
), periods AS (
  SELECT
    tenant_id,
    status,
    contract_type,
    change_date AS valid_from,
    CAST(next_date - INTERVAL '1 DAY' AS DATE) AS valid_to,
    CASE WHEN next_type = 'vanished' THEN 'vanished' WHEN NOT next_type IS NULL THEN 'changed' END AS end_reason,
    COALESCE(days_since_previous_snapshot, 1) - 1 AS unseen_days_before
  FROM ordered
  WHERE
    change_type <> 'vanished'
)
SELECT
  h.tenant_id::BIGINT AS tenant_id, /* tenant */
  h.status::BIGINT AS status, /* status 0 to 17 */
  s.label_ja::VARCHAR(64) AS status_ja, /* status in Japanese */
  s.label_en::VARCHAR(64) AS status_en, /* status in English */
  s.ui_label_ja::VARCHAR(64) AS status_ui_ja, /* status as the property system shows it */
  h.contract_type::BIGINT AS contract_type, /* contract type of the tenant row */
  c.label_ja::VARCHAR(64) AS contract_type_label_ja, /* contract type in Japanese */
  COALESCE(c.tenant_type, 'unknown')::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown, from that contract type */
  s.is_active_lease::BIGINT AS is_active_lease, /* 1: counts as an active lease */
  h.valid_from::DATE AS valid_from, /* first day of the period (JST) */
  h.valid_to::DATE AS valid_to, /* last day of the period (JST), NULL while it lasts */
  CASE WHEN h.valid_to IS NULL THEN 1 ELSE 0 END::BIGINT AS is_current, /* 1: it lasts in the newest daily file */
  h.end_reason::VARCHAR(16) AS end_reason, /* changed, or vanished: the tenant is not in the next daily file; NULL while it lasts */
  h.unseen_days_before::BIGINT AS unseen_days_before, /* count of days without a daily file just before valid_from: the change was on one of them or on valid_from */
  CAST(@days_between(h.valid_from, COALESCE(h.valid_to, a.snapshot_as_of_date)) + 1 AS BIGINT) AS days_in_status /* count of days in the period, both ends included, up to the newest daily file while it lasts */
FROM periods AS h
CROSS JOIN silver.as_of AS a
LEFT JOIN seeds.code_tenant_status AS s
  ON s.code = h.status
LEFT JOIN seeds.code_contract_type AS c
  ON c.code = h.contract_type