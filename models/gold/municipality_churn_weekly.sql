/* Move-ins and move-outs of each municipality by week. */
MODEL (
  name gold.municipality_churn_weekly,
  kind VIEW,
  owner data_team,
  grain (week_start, municipality),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (week_start, municipality)),
    NOT_NULL(columns := (week_start, municipality)),
    AT_LEAST(column := movein_count, minimum := 0),
    AT_LEAST(column := moveout_count, minimum := 0)
  )
);

/* Kind: VIEW, for it only regroups another mart. */
SELECT
  week_start::DATE AS week_start, /* Monday of the week */
  COALESCE(municipality, 'Unknown')::VARCHAR(128) AS municipality, /* ward or city, or Unknown */
  SUM(CASE WHEN event_type = 'movein' THEN 1 ELSE 0 END)::BIGINT AS movein_count, /* count of move-ins */
  SUM(CASE WHEN event_type = 'moveout' THEN 1 ELSE 0 END)::BIGINT AS moveout_count, /* count of move-outs */
  SUM(CASE WHEN event_type = 'movein' THEN 1 ELSE -1 END)::BIGINT AS net_change /* move-ins less move-outs */
FROM gold.move_events
GROUP BY
  week_start,
  COALESCE(municipality, 'Unknown')