/* Nationalities that the enrichment step found; empty until it has run. Keyed by tenant and a hash, no name. */
MODEL (
  name staging.llm_enrichment_cache,
  kind VIEW,
  owner data_team,
  grain tenant_id,
  signals (
    DUMP_LANDED()
  ),
  audits (UNIQUE_VALUES(columns := (
      tenant_id
    )), NOT_NULL(columns := (
      tenant_id
  )))
);

SELECT
  tenant_id, /* tenant */
  name_hash::VARCHAR(64) AS name_hash, /* keyed hash of the name the answer was given for */
  @clean_text(llm_nationality, 255) AS llm_nationality, /* nationality in Japanese */
  llm_confidence::DECIMAL(6, 5) AS llm_confidence, /* confidence, a share from 0 to 1 */
  enriched_at::TIMESTAMP AS enriched_at, /* time of the answer */
  model_version::VARCHAR(128) AS model_version /* model that gave it */
FROM landing.llm_enrichment_cache