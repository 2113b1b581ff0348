/* Whether a tenant is a person or a company, of each tenant with a contract that says it. */
MODEL (
  name silver.tenant_types,
  kind FULL,
  owner data_team,
  grain tenant_id,
  audits (
    UNIQUE_VALUES(columns := (
      tenant_id
    )),
    NOT_NULL(columns := (tenant_id, tenant_type)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown'))
  )
);

/* Kind: FULL, for six tables and audits read silver.stg_tenants each morning, and each would order all contracts anew. */
WITH typed AS (
  /* Of the tenant's own contracts that say a type the one by which the type of a tenant is known: moving_id dangles at times. */
  SELECT
    m.tenant_id,
    m.tenant_type,
    ROW_NUMBER() OVER (
      PARTITION BY m.tenant_id
      ORDER BY CASE WHEN m.moving_id = t.moving_id THEN 0 ELSE 1 END, m.is_valid_contract DESC, m.contract_start_date DESC NULLS LAST, m.updated_at DESC NULLS LAST, m.moving_id DESC
    ) AS place
  FROM silver.stg_movings AS m
  JOIN staging.tenants AS t
    ON t.id = m.tenant_id
  WHERE
    m.tenant_type <> 'unknown'
)
SELECT
  tenant_id::BIGINT AS tenant_id, /* tenant */
  tenant_type::VARCHAR(16) AS tenant_type /* individual or corporate: by the current contract, else by the newest valid one of the tenant */
FROM typed
WHERE
  place = 1