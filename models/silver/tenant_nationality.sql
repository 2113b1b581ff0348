/* Nationality of each tenant in the source, before any enrichment. The enrichment step asks a model for those whose nationality_data_source is lesotho_placeholder or missing. */
MODEL (
  name silver.tenant_nationality,
  kind VIEW,
  owner data_team,
  grain tenant_id,
  audits (
    UNIQUE_VALUES(columns := (
      tenant_id
    )),
    NOT_NULL(columns := (tenant_id, nationality_data_source, is_active_lease)),
    ACCEPTED_VALUES(column := nationality_data_source, is_in := ('original', 'lookup_table', 'lesotho_placeholder', 'missing'))
  )
);

SELECT
  t.id AS tenant_id, /* tenant id */
  CASE WHEN t.nationality <> 'レソト' THEN t.nationality END::VARCHAR(255) AS source_nationality, /* the source's text. Never レソト: a bulk import wrote this last row of the master for "none" */
  CASE WHEN n.nationality_name <> 'レソト' THEN n.nationality_name END::VARCHAR(128) AS master_nationality, /* name in the master of the id that the source holds; never レソト */
  CASE
    WHEN t.nationality <> 'レソト'
    THEN 'original'
    WHEN n.nationality_name <> 'レソト'
    THEN 'lookup_table'
    WHEN t.nationality = 'レソト' OR n.nationality_name = 'レソト'
    THEN 'lesotho_placeholder'
    ELSE 'missing'
  END::VARCHAR(32) AS nationality_data_source, /* original: the source has a text; lookup_table: the master has the id; lesotho_placeholder: only レソト; missing: nothing */
  COALESCE(s.is_active_lease, 0)::BIGINT AS is_active_lease /* 1: a current tenant; enrichment begins with these */
FROM staging.tenants AS t
LEFT JOIN staging.m_nationalities AS n
  ON n.id = t.m_nationality_id
LEFT JOIN seeds.code_tenant_status AS s
  ON s.code = t.status