/* Move-ins and move-outs by week, tenant type, rent range and age group. */
MODEL (
  name gold.move_events_weekly,
  kind VIEW,
  owner data_team,
  grain (week_start, event_type, tenant_type, rent_range, age_group),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (week_start, event_type, tenant_type, rent_range, age_group)),
    NOT_NULL(columns := (week_start, event_type, tenant_type, rent_range, age_group)),
    AT_LEAST(column := event_count, minimum := 1)
  )
);

/* Kind: VIEW, for it only regroups another mart. */
SELECT
  week_start::DATE AS week_start, /* Monday of the week */
  event_type::VARCHAR(16) AS event_type, /* movein or moveout */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  rent_range::VARCHAR(32) AS rent_range, /* range of the rent */
  MIN(rent_range_order)::BIGINT AS rent_range_order, /* place of that range from 1, the lowest; 6 is Unknown */
  age_group::VARCHAR(32) AS age_group, /* group of the age */
  COUNT(*)::BIGINT AS event_count, /* count of events */
  @ratio(SUM(monthly_rent), COUNT(monthly_rent), 0) AS avg_monthly_rent /* mean rent in yen per month, of those with one */
FROM gold.move_events
GROUP BY
  week_start,
  event_type,
  tenant_type,
  rent_range,
  age_group