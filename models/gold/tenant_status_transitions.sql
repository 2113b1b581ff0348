/* Each status a tenant has had, with the status before: one row per period of silver.tenant_status_history. No names. */
MODEL (
  name gold.tenant_status_transitions,
  kind VIEW,
  owner data_team,
  grain (tenant_id, effective_date),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (tenant_id, effective_date)),
    NOT_NULL(columns := (tenant_id, effective_date, status, is_status_changed, is_current))
  )
);

/* Kind: VIEW, for it only adds the status before. */
WITH ordered AS (
  SELECT
    tenant_id,
    status,
    status_en,
    status_ja,
    contract_type_label_ja,
    tenant_type,
    valid_from,
    valid_to,
    end_reason,
    days_in_status,
    is_current,
    LAG(status) OVER (PARTITION BY tenant_id ORDER BY valid_from) AS previous_status,
    LAG(status_en) OVER (PARTITION BY tenant_id ORDER BY valid_from) AS previous_status_en
  FROM silver.tenant_status_history
)
SELECT
  tenant_id::BIGINT AS tenant_id, /* tenant */
  valid_from::DATE AS effective_date, /* first day of the status (JST) */
  valid_to::DATE AS end_date, /* last day of the status (JST), NULL while it lasts */
  status::BIGINT AS status, /* status 0 to 17 */
  status_en::VARCHAR(64) AS status_en, /* status in English */
  status_ja::VARCHAR(64) AS status_ja, /* status in Japanese */
  previous_status::BIGINT AS previous_status, /* the status before, NULL where the tenant is first seen */
  CASE WHEN previous_status <> status THEN 1 ELSE 0 END::BIGINT AS is_status_changed, /* 1: it differs from the status before; 0: first seen, or the contract type changed alone */
  CASE WHEN previous_status <> status THEN CONCAT(previous_status_en, ' → ', status_en) END::VARCHAR(140) AS transition, /* both statuses in English, NULL where it did not change */
  contract_type_label_ja::VARCHAR(64) AS contract_type_label, /* contract type in Japanese */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  days_in_status::BIGINT AS days_in_status, /* count of days in the status, both ends included, up to the newest daily file while it lasts */
  is_current::BIGINT AS is_current, /* 1: it lasts in the newest daily file */
  end_reason::VARCHAR(16) AS end_reason /* changed, or vanished: the tenant is not in the next daily file; NULL while it lasts */
FROM ordered