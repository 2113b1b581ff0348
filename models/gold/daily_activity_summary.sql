/* Events of each day by type of tenant: registrations, inquiries, applications, signings, confirmed moves. Every day since 2018 has its
rows. Counts that need the day's file of tenant statuses are NULL on days without one: unknown is not zero. */
MODEL (
  name gold.daily_activity_summary,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column activity_date
  ),
  depends_on (
    silver.int_contracts
  ),
  owner data_team,
  grain (activity_date, tenant_type),
  tags (
    reconciled
  ),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (activity_date, tenant_type)),
    NOT_NULL(columns := (activity_date, tenant_type, contracts_signed_count, inquiries_count, tenant_registrations_count)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    NO_FUTURE_DATE(column := activity_date),
    SIGNINGS_ADD_UP(),
    UNKNOWN_IS_NOT_ZERO()
  )
);

/* Kind: a row belongs to its day, but registrations and contracts are corrected later and a daily file can land
late. `loader run` compares each day with what this query gives now and restates the days that differ, so
the table always equals a rebuild. */
WITH tenant_types AS (
  SELECT DISTINCT
    tenant_type
  FROM seeds.code_contract_type
), spine AS (
  SELECT
    d.calendar_date AS activity_date,
    y.tenant_type,
    d.has_snapshot
  FROM silver.business_calendar AS d
  CROSS JOIN tenant_types AS y
  WHERE
    d.calendar_date BETWEEN @start_ds AND @end_ds
), counts AS (
  SELECT
    activity_date,
    tenant_type,
    SUM(CASE WHEN activity = 'registered' THEN 1 ELSE 0 END) AS registered,
    SUM(CASE WHEN activity = 'inquired' THEN 1 ELSE 0 END) AS inquired,
    SUM(CASE WHEN activity = 'applied' THEN 1 ELSE 0 END) AS applied,
    SUM(CASE WHEN activity = 'signed' THEN 1 ELSE 0 END) AS signed,
    SUM(CASE WHEN activity = 'moved in' THEN 1 ELSE 0 END) AS moved_in,
    SUM(CASE WHEN activity = 'moved out' THEN 1 ELSE 0 END) AS moved_out
  FROM silver.activity_events
  WHERE
    activity_date BETWEEN @start_ds AND @end_ds
  GROUP BY
    activity_date,
    tenant_type
)
SELECT
  s.activity_date::DATE AS activity_date, /* business day (JST) */
  s.tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  s.has_snapshot::BIGINT AS has_snapshot, /* 0: the day has no file of tenant statuses, so the counts that need one are NULL */
  COALESCE(c.registered, 0)::BIGINT AS tenant_registrations_count, /* count of tenant rows created; most appear only at their application */
  COALESCE(c.inquired, 0)::BIGINT AS inquiries_count, /* count of inquiries; the source stopped writing them in 2023 */
  CASE WHEN s.has_snapshot = 1 THEN COALESCE(c.applied, 0) END::BIGINT AS applications_count, /* count of tenants who entered status 4 or 5. Rooms applied for: gold.occupancy_daily_metrics.application_rooms */
  COALESCE(c.signed, 0)::BIGINT AS contracts_signed_count, /* count of valid contracts by day of signing */
  CASE WHEN s.has_snapshot = 1 THEN COALESCE(c.moved_in, 0) END::BIGINT AS confirmed_moveins_count, /* count of contracts that start that day, renewals too, where the tenant's status confirms it; not the new move-ins (rooms) of gold.occupancy_daily_metrics */
  CASE WHEN s.has_snapshot = 1 THEN COALESCE(c.moved_out, 0) END::BIGINT AS confirmed_moveouts_count, /* count of contracts that end that day by their move-out, where the tenant's status confirms it; not the move-outs (rooms) of gold.occupancy_daily_metrics */
  CASE WHEN s.has_snapshot = 1 THEN COALESCE(c.moved_in, 0) - COALESCE(c.moved_out, 0) END::BIGINT AS net_occupancy_delta /* contract starts less contract ends, in contracts */
FROM spine AS s
LEFT JOIN counts AS c
  ON c.activity_date = s.activity_date AND c.tenant_type = s.tenant_type