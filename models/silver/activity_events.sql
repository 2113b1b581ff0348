/* What happened to tenants and contracts, one row per event: registered, inquired, applied, signed, moved in, moved out. */
MODEL (
  name silver.activity_events,
  kind FULL,
  owner data_team,
  grain (activity, subject_id, activity_date),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (activity, subject_id, activity_date)),
    NOT_NULL(columns := (activity, activity_date, subject_id, tenant_type)),
    ACCEPTED_VALUES(column := activity, is_in := ('registered', 'inquired', 'applied', 'signed', 'moved in', 'moved out'))
  )
);

/* Kind: FULL, not a view: it is read six times each morning, by its audits, by the mart and by the comparison of the mart's days. */
WITH moves AS (
  SELECT
    'moved in' AS activity,
    contract_id,
    tenant_id,
    tenant_type,
    contract_start_date AS move_date
  FROM silver.int_contracts
  WHERE
    is_valid_contract = 1
  UNION ALL
  SELECT
    'moved out',
    contract_id,
    tenant_id,
    tenant_type,
    moveout_date
  FROM silver.int_contracts
  WHERE
    is_valid_contract = 1
), events AS (
  SELECT
    'registered' AS activity,
    t.id AS subject_id,
    t.created_at::DATE AS activity_date,
    COALESCE(c.tenant_type, 'unknown') AS tenant_type
  FROM staging.tenants AS t
  LEFT JOIN silver.tenant_types AS c
    ON c.tenant_id = t.id
  WHERE
    NOT t.created_at IS NULL
  UNION ALL
  SELECT
    'inquired',
    i.inquiry_id,
    i.inquiry_date,
    COALESCE(t.tenant_type, 'unknown')
  FROM silver.stg_inquiries AS i
  LEFT JOIN silver.tenant_types AS t
    ON t.tenant_id = i.tenant_id
  UNION ALL
  SELECT
    'applied',
    a.tenant_id,
    a.application_date,
    COALESCE(t.tenant_type, 'unknown')
  FROM silver.tenant_applications AS a
  LEFT JOIN silver.tenant_types AS t
    ON t.tenant_id = a.tenant_id
  UNION ALL
  SELECT
    'signed',
    contract_id,
    contract_date,
    tenant_type
  FROM silver.int_contracts
  WHERE
    is_valid_contract = 1 AND NOT contract_date IS NULL
  UNION ALL
  /* A start or move-out counts once the tenant's status on that very day confirms it: dates alone are plans. */
  SELECT
    m.activity,
    m.contract_id,
    m.move_date,
    m.tenant_type
  FROM moves AS m
  JOIN silver.tenant_status_history AS h
    ON h.tenant_id = m.tenant_id AND m.move_date BETWEEN h.valid_from AND COALESCE(h.valid_to, m.move_date)
  JOIN seeds.code_tenant_status AS s
    ON s.code = h.status
  WHERE
    CASE WHEN m.activity = 'moved in' THEN s.is_confirmed_movein ELSE s.is_moveout END = 1
)
SELECT
  activity::VARCHAR(16) AS activity, /* registered, inquired, applied, signed, moved in or moved out */
  subject_id::BIGINT AS subject_id, /* id of the tenant, inquiry or contract */
  activity_date::DATE AS activity_date, /* day it happened, may be in the future */
  tenant_type::VARCHAR(16) AS tenant_type /* individual, corporate or unknown, by the type of the contract */
FROM events