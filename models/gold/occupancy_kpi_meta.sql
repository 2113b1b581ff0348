/* Of which day the occupancy is, how far behind the business date that day lies, and by how many rooms its rate divides: one row. */
MODEL (
  name gold.occupancy_kpi_meta,
  kind VIEW,
  owner data_team,
  grain as_of_snapshot_date,
  audits (
    NOT_NULL(columns := (as_of_snapshot_date, calendar_today, lag_days, total_physical_rooms)),
    AT_LEAST(column := lag_days, minimum := 0)
  )
);

/* Kind: VIEW, for it is one row of another mart. */
SELECT
  d.snapshot_date::DATE AS as_of_snapshot_date, /* newest day with files: facts up to it, projection after it */
  a.as_of_date::DATE AS calendar_today, /* the business date (JST): the day of the newest dump, never the clock */
  @days_between(d.snapshot_date, a.as_of_date) AS lag_days, /* count of days from the one to the other */
  d.snapshot_date::DATE AS gold_max_snapshot_date, /* newest fact of gold.occupancy_daily_metrics */
  d.total_physical_rooms::BIGINT AS total_physical_rooms /* count of rooms to let on that day */
FROM gold.occupancy_daily_metrics AS d
CROSS JOIN silver.as_of AS a
WHERE
  d.snapshot_date = d.as_of_date