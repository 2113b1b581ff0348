/* Tenants with cleaned names, labels, age and one nationality. */
MODEL (
  name silver.stg_tenants,
  kind VIEW,
  owner data_team,
  grain tenant_id,
  audits (
    NOT_NULL(columns := (tenant_id, tenant_status_code, nationality, nationality_data_source)),
    ACCEPTED_VALUES(
      column := nationality_data_source,
      is_in := ('original', 'llm', 'lookup_table', 'lesotho_placeholder', 'missing')
    ),
    ACCEPTED_RANGE(column := age, min_v := 1, max_v := 119)
  )
);

WITH people AS (
  SELECT
    t.*,
    @years_between(t.birth_date, a.as_of_date) AS years
  FROM staging.tenants AS t
  CROSS JOIN silver.as_of AS a
)
SELECT
  t.id AS tenant_id, /* tenant id */
  t.full_name, /* full name */
  t.last_name, /* family name */
  t.first_name, /* given name */
  t.full_name_kana, /* full name in kana */
  t.gender_type AS gender_code, /* 1 male, 2 female, 3 other */
  g.label_en AS gender, /* gender in English */
  g.label_ja AS gender_ja, /* gender in Japanese */
  CASE WHEN t.years BETWEEN 1 AND 119 THEN t.birth_date END::DATE AS birth_date, /* day of birth, NULL where the tenant would be under 1 or over 119: a placeholder */
  CASE
    WHEN COALESCE(t.years, 1) BETWEEN 1 AND 119
    THEN CASE WHEN t.age BETWEEN 1 AND 119 THEN t.age ELSE t.years END
  END::BIGINT AS age, /* years 1 to 119: as stored at the source, else from the birth date to the as-of day; NULL beside a birth date that is a placeholder */
  COALESCE(o.source_nationality, CASE WHEN e.llm_nationality <> 'レソト' THEN e.llm_nationality END, o.master_nationality, 'その他')::VARCHAR(255) AS nationality, /* source text, else enrichment, else master, else その他; never レソト, see silver.tenant_nationality */
  CASE
    WHEN NOT o.source_nationality IS NULL
    THEN o.nationality_data_source
    WHEN e.llm_nationality <> 'レソト'
    THEN 'llm'
    ELSE o.nationality_data_source
  END::VARCHAR(32) AS nationality_data_source, /* original, llm, lookup_table, or why it is その他: lesotho_placeholder or missing */
  e.llm_nationality, /* nationality the enrichment step found */
  e.llm_confidence, /* its confidence, a share from 0 to 1 */
  e.enriched_at AS llm_enriched_at, /* time of the answer */
  t.personal_identity, /* identity document code as the source holds it */
  p.label_ja AS personal_identity_ja, /* identity document in Japanese */
  p.label_en AS personal_identity_en, /* identity document in English */
  t.affiliation, /* occupation or employer, free text */
  t.affiliation_type AS affiliation_type_code, /* industry code 1 to 18 */
  f.label_ja AS affiliation_type_ja, /* industry in Japanese */
  f.label_en AS affiliation_type_en, /* industry in English */
  t.status AS tenant_status_code, /* status 0 to 17 */
  s.label_ja AS tenant_status_ja, /* status in Japanese */
  s.label_en AS tenant_status_en, /* status in English */
  s.is_active_lease, /* 1: counts as an active lease */
  t.contract_type, /* contract type of the tenant row, not for analysis */
  COALESCE(c.tenant_type, 'unknown')::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown: by the current contract, else by the newest valid one of the tenant that says it */
  t.media_id AS contract_channel, /* channel the contract came through */
  t.reason_moveout AS moveout_reason_code, /* reason for moving out 0 to 7 */
  r.label_ja AS moveout_reason_ja, /* reason in Japanese */
  r.label_en AS moveout_reason_en, /* reason in English */
  t.moving_id, /* current contract, may dangle */
  t.inquiry_id, /* inquiry the tenant came from */
  t.created_at, /* when the source made the row, JST without time zone */
  t.updated_at /* when the source last changed the row, JST without time zone */
FROM people AS t
LEFT JOIN staging.llm_enrichment_cache AS e
  ON e.tenant_id = t.id
LEFT JOIN silver.tenant_nationality AS o
  ON o.tenant_id = t.id
LEFT JOIN silver.tenant_types AS c
  ON c.tenant_id = t.id
LEFT JOIN seeds.code_tenant_status AS s
  ON s.code = t.status
LEFT JOIN seeds.code_gender AS g
  ON g.code = t.gender_type
LEFT JOIN seeds.code_personal_identity AS p
  ON p.code = @to_code(t.personal_identity)
LEFT JOIN seeds.code_affiliation_type AS f
  ON f.code = t.affiliation_type
LEFT JOIN seeds.code_moveout_reason AS r
  ON r.code = t.reason_moveout