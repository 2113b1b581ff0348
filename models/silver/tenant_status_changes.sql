/* What changed between a day's snapshot and the one before it: one row a tenant who appeared, changed status or contract type, or vanished. */
MODEL (
  name silver.tenant_status_changes,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column change_date,
    batch_size 366
  ),
  owner data_team,
  tags history,
  grain (tenant_id, change_date),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (tenant_id, change_date)),
    NOT_NULL(columns := (tenant_id, change_date, change_type)),
    ACCEPTED_VALUES(column := change_type, is_in := ('seeded', 'appeared', 'changed', 'vanished')),
    NO_FUTURE_DATE(column := change_date)
  )
);

/* Kind: a day depends on two immutable files only, so it is computed once, whatever the length of history. A
file that lands late changes its own day and the next one with a file: silver.business_calendar shows both,
and `loader run` restates them here too. */
WITH days AS (
  SELECT
    calendar_date,
    previous_snapshot_date,
    days_since_previous_snapshot
  FROM silver.business_calendar
  WHERE
    calendar_date BETWEEN @start_ds AND @end_ds AND has_snapshot = 1
), present AS (
  SELECT
    d.calendar_date AS change_date,
    d.previous_snapshot_date,
    d.days_since_previous_snapshot,
    now.tenant_id,
    before.tenant_id AS tenant_id_before,
    now.status,
    now.contract_type,
    before.status AS status_before,
    before.contract_type AS contract_type_before
  FROM days AS d
  JOIN staging.tenant_daily_snapshots AS now
    ON now.snapshot_date = d.calendar_date
  LEFT JOIN staging.tenant_daily_snapshots AS before
    ON before.snapshot_date = d.previous_snapshot_date AND before.tenant_id = now.tenant_id
), gone AS (
  SELECT
    d.calendar_date AS change_date,
    d.previous_snapshot_date,
    d.days_since_previous_snapshot,
    before.tenant_id,
    before.status AS status_before,
    before.contract_type AS contract_type_before
  FROM days AS d
  JOIN staging.tenant_daily_snapshots AS before
    ON before.snapshot_date = d.previous_snapshot_date
  LEFT JOIN staging.tenant_daily_snapshots AS now
    ON now.snapshot_date = d.calendar_date AND now.tenant_id = before.tenant_id
  WHERE
    now.tenant_id IS NULL
), changes AS (
  SELECT
    change_date,
    tenant_id,
    CASE
      WHEN previous_snapshot_date IS NULL
      THEN 'seeded'
      WHEN tenant_id_before IS NULL
      THEN 'appeared'
      ELSE 'changed'
    END AS change_type, /* The first snapshot of all only says who was there: it starts the history and is no event. */
    status,
    contract_type,
    status_before,
    contract_type_before,
    days_since_previous_snapshot
  FROM present
  WHERE
    tenant_id_before IS NULL
    OR status IS DISTINCT FROM status_before
    OR contract_type IS DISTINCT FROM contract_type_before
  UNION ALL
  SELECT
    change_date,
    tenant_id,
    'vanished' AS change_type,
    NULL AS status,
    NULL AS contract_type,
    status_before,
    contract_type_before,
    days_since_previous_snapshot
  FROM gone
)
SELECT
  tenant_id::BIGINT AS tenant_id, /* tenant */
  change_date::DATE AS change_date, /* day of the snapshot that showed it */
  change_type::VARCHAR(16) AS change_type, /* seeded (first snapshot of all), appeared, changed or vanished */
  status::BIGINT AS status, /* status from that day, NULL when vanished */
  contract_type::BIGINT AS contract_type, /* contract type from that day, NULL when vanished */
  status_before::BIGINT AS previous_status, /* status in the snapshot before */
  contract_type_before::BIGINT AS previous_contract_type, /* contract type in the snapshot before */
  days_since_previous_snapshot::BIGINT AS days_since_previous_snapshot /* more than 1: it happened somewhere in a gap */
FROM changes