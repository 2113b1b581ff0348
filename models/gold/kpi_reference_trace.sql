/* Where the newest key figures come from: their day, the definition, and how far behind they lie: one row. */
MODEL (
  name gold.kpi_reference_trace,
  kind VIEW,
  owner data_team,
  grain as_of_date,
  audits (
    NOT_NULL(columns := (as_of_date, kpi_definition_version, same_day_moveout_policy, lag_days))
  )
);

/* Kind: VIEW, for it is one row of two marts. */
SELECT
  k.as_of_date::DATE AS as_of_date, /* newest day with key figures (JST) */
  k.kpi_definition_version::VARCHAR(64) AS kpi_definition_version, /* version of the definitions */
  k.same_day_moveout_policy::VARCHAR(64) AS same_day_moveout_policy, /* which rooms count at 00:00 */
  m.as_of_snapshot_date::DATE AS meta_as_of_snapshot_date, /* newest day with files, from gold.occupancy_kpi_meta */
  m.calendar_today::DATE AS calendar_today, /* the business date (JST) */
  m.lag_days::BIGINT AS lag_days, /* count of days from the newest day with files to the business date */
  m.gold_max_snapshot_date::DATE AS gold_max_snapshot_date /* newest fact of gold.occupancy_daily_metrics */
FROM gold.kpi_month_end_metrics AS k
JOIN gold.occupancy_kpi_meta AS m
  ON m.as_of_snapshot_date = k.as_of_date