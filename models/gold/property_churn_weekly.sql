/* Move-ins and move-outs of each property by week. */
MODEL (
  name gold.property_churn_weekly,
  kind VIEW,
  owner data_team,
  grain (week_start, asset_id_hj),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (week_start, asset_id_hj)),
    NOT_NULL(columns := (week_start, asset_id_hj)),
    AT_LEAST(column := movein_count, minimum := 0),
    AT_LEAST(column := moveout_count, minimum := 0)
  )
);

/* Kind: VIEW, for it only regroups another mart. */
SELECT
  week_start::DATE AS week_start, /* Monday of the week */
  asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  MIN(apartment_name)::VARCHAR(255) AS apartment_name, /* name of the property */
  SUM(CASE WHEN event_type = 'movein' THEN 1 ELSE 0 END)::BIGINT AS movein_count, /* count of move-ins */
  SUM(CASE WHEN event_type = 'moveout' THEN 1 ELSE 0 END)::BIGINT AS moveout_count, /* count of move-outs */
  SUM(CASE WHEN event_type = 'movein' THEN 1 ELSE -1 END)::BIGINT AS net_change /* move-ins less move-outs */
FROM gold.move_events
GROUP BY
  week_start,
  asset_id_hj