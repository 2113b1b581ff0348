/* Changes between a day's file of tenant statuses and the file before it: one row per tenant who appeared, changed status or contract type, or vanished. */
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
), changes AS (
  SELECT
    d.calendar_date AS change_date,
    d.previous_snapshot_date,
    d.days_since_previous_snapshot,
    now.tenant_id,
    now.tenant_id AS tenant_id_now,
    now.status,
    now.contract_type,
    before.tenant_id AS tenant_id_before,
    before.status AS status_before,
    before.contract_type AS contract_type_before
  FROM days AS d
  JOIN staging.tenant_daily_snapshots AS now
    ON now.snapshot_date = d.calendar_date
  LEFT JOIN staging.tenant_daily_snapshots AS before
    ON before.snapshot_date = d.previous_snapshot_date AND before.tenant_id = now.tenant_id
  WHERE
    before.tenant_id IS NULL
    OR now.status IS DISTINCT FROM before.status
    OR now.contract_type IS DISTINCT FROM before.contract_type
  UNION ALL
  SELECT
    d.calendar_date,
    d.previous_snapshot_date,
    d.days_since_previous_snapshot,
    before.tenant_id,
    NULL,
    NULL,
    NULL,
    before.tenant_id,
    before.status,
    before.contract_type
  FROM days AS d
  JOIN staging.tenant_daily_snapshots AS before
    ON before.snapshot_date = d.previous_snapshot_date
  LEFT JOIN staging.tenant_daily_snapshots AS now
    ON now.snapshot_date = d.calendar_date AND now.tenant_id = before.tenant_id
  WHERE
    now.tenant_id IS NULL
)
SELECT
  tenant_id::BIGINT AS tenant_id, /* tenant */
  change_date::DATE AS change_date, /* day of the daily file that showed the change (JST) */
  CASE
    WHEN previous_snapshot_date IS NULL
    THEN 'seeded'
    WHEN tenant_id_before IS NULL
    THEN 'appeared'
    WHEN tenant_id_now IS NULL
    THEN 'vanished'
    ELSE 'changed'
  END::VARCHAR(16) AS change_type, /* seeded, appeared, changed or vanished. The first file of all only says who was there (seeded): it starts the history and is no event */
  status::BIGINT AS status, /* status from that day, NULL when vanished */
  contract_type::BIGINT AS contract_type, /* contract type from that day, NULL when vanished */
  status_before::BIGINT AS previous_status, /* status in the daily file before */
  contract_type_before::BIGINT AS previous_contract_type, /* contract type in the daily file before */
  days_since_previous_snapshot::BIGINT AS days_since_previous_snapshot /* days since the daily file before; more than 1: the change lies somewhere in a gap */
FROM changes