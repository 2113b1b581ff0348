/* Move-outs by week, reason, tenant type and rent range. */
MODEL (
  name gold.moveouts_reason_weekly,
  kind VIEW,
  owner data_team,
  grain (week_start, moveout_reason, tenant_type, rent_range),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (week_start, moveout_reason, tenant_type, rent_range)),
    NOT_NULL(columns := (week_start, moveout_reason, tenant_type, rent_range)),
    AT_LEAST(column := moveout_count, minimum := 1)
  )
);

/* Kind: VIEW, for it only regroups another mart. */
SELECT
  week_start::DATE AS week_start, /* Monday of the week */
  COALESCE(moveout_reason_en, 'Unknown')::VARCHAR(64) AS moveout_reason, /* reason in English, or Unknown */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  rent_range::VARCHAR(32) AS rent_range, /* range of the rent */
  COUNT(*)::BIGINT AS moveout_count /* count of move-outs */
FROM gold.move_events
WHERE
  event_type = 'moveout'
GROUP BY
  week_start,
  COALESCE(moveout_reason_en, 'Unknown'),
  tenant_type,
  rent_range