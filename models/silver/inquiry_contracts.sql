/* Inquiries, each with the one valid contract of its tenant that follows from it, if there is one. */
MODEL (
  name silver.inquiry_contracts,
  kind FULL,
  owner data_team,
  grain inquiry_id,
  audits (
    UNIQUE_VALUES(columns := (
      inquiry_id
    )),
    NOT_NULL(columns := (inquiry_id, inquiry_date, municipality, nationality, tenant_type, is_moved_in)),
    EMPTY_ONLY_WITH(parent := silver.stg_inquiries)
  )
);

/* Kind: FULL, for the source has few inquiries, and the funnel's marts would evaluate silver.stg_tenants, all of it, for each reading of them. */
WITH matched AS (
  SELECT
    i.inquiry_id,
    c.contract_id,
    CASE WHEN c.contract_start_date >= i.inquiry_date THEN 1 ELSE 0 END AS follows,
    ROW_NUMBER() OVER (
      PARTITION BY i.inquiry_id
      ORDER BY CASE WHEN c.contract_start_date >= i.inquiry_date THEN 0 ELSE 1 END, ABS(@days_between(i.inquiry_date, c.contract_start_date)), c.contract_id
    ) AS place /* A contract that starts on or after the inquiry first, then the nearest one, then the oldest id. */
  FROM silver.stg_inquiries AS i
  JOIN silver.int_contracts AS c
    ON c.tenant_id = i.tenant_id AND c.is_valid_contract = 1 AND NOT c.contract_start_date IS NULL
)
SELECT
  i.inquiry_id::BIGINT AS inquiry_id, /* inquiry */
  i.inquiry_date::DATE AS inquiry_date, /* day of the inquiry (JST) */
  m.contract_id::BIGINT AS contract_id, /* contract, NULL where there is none */
  COALESCE(c.municipality, 'unknown')::VARCHAR(128) AS municipality, /* ward or city of the contract's property, or unknown */
  COALESCE(t.nationality, 'unknown')::VARCHAR(255) AS nationality, /* nationality of the tenant in Japanese, or unknown */
  COALESCE(c.tenant_type, t.tenant_type, 'unknown')::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown, by the contract, else by the tenant */
  COALESCE(m.follows, 0)::BIGINT AS is_moved_in /* 1: the contract starts on or after the day of the inquiry */
FROM silver.stg_inquiries AS i
LEFT JOIN matched AS m
  ON m.inquiry_id = i.inquiry_id AND m.place = 1
LEFT JOIN silver.int_contracts AS c
  ON c.contract_id = m.contract_id
LEFT JOIN silver.stg_tenants AS t
  ON t.tenant_id = i.tenant_id