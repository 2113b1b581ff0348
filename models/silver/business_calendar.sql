/* One row per business day since 2018: what has landed for it, and which daily file came before. A day without a file, after days with one, is a gap in every model. */
MODEL (
  name silver.business_calendar,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column calendar_date
  ),
  owner data_team,
  grain calendar_date,
  tags (
    reconciled
  ),
  audits (
    UNIQUE_VALUES(columns := (
      calendar_date
    )),
    NOT_NULL(columns := (calendar_date, has_dump, has_snapshot, has_rooms)),
    ACCEPTED_VALUES(column := snapshot_state, is_in := ('before_history', 'snapshot', 'gap')),
    ACCEPTED_VALUES(column := rooms_state, is_in := ('before_history', 'snapshot', 'gap')),
    NO_FUTURE_DATE(column := calendar_date)
  )
);

/* Kind: a day's row changes only when its daily files, or those before it, land late: `loader run` compares, and restates just these days. */
WITH days AS (
  SELECT
    @add_days(@start_ds::DATE, thousands.number * 1000 + ones.number) AS calendar_date
  FROM seeds.numbers AS thousands
  JOIN seeds.numbers AS ones
    ON thousands.number < 100 /* enough for 273 years */
    AND thousands.number * 1000 + ones.number <= @days_between(@start_ds::DATE, @end_ds::DATE)
), landed AS (
  SELECT
    business_date, /* One row per day: the ledger joined with itself would cost the square of history on MySQL. */
    MAX(CASE WHEN dataset = 'dump' THEN 1 ELSE 0 END) AS has_dump,
    MAX(CASE WHEN dataset = 'tenant_status' THEN sha256 END) AS snapshot_sha256,
    CASE
      WHEN SUM(CASE WHEN dataset IN ('room_assignment', 'property') THEN 1 ELSE 0 END) = 2
      THEN CONCAT(MAX(CASE WHEN dataset = 'room_assignment' THEN sha256 END), MAX(CASE WHEN dataset = 'property' THEN sha256 END))
    END AS rooms_sha256
  FROM staging.load_ledger
  GROUP BY
    business_date
), snapshots AS (
  SELECT
    business_date,
    snapshot_sha256 AS sha256,
    LAG(business_date) OVER (ORDER BY business_date) AS previous_date,
    LAG(snapshot_sha256) OVER (ORDER BY business_date) AS previous_sha256
  FROM landed
  WHERE
    NOT snapshot_sha256 IS NULL
), rooms AS (
  SELECT
    business_date,
    rooms_sha256 AS sha256,
    LAG(business_date) OVER (ORDER BY business_date) AS previous_date,
    LAG(rooms_sha256) OVER (ORDER BY business_date) AS previous_sha256
  FROM landed
  WHERE
    NOT rooms_sha256 IS NULL
), history AS (
  SELECT
    MIN(CASE WHEN NOT snapshot_sha256 IS NULL THEN business_date END) AS first_date,
    MIN(CASE WHEN NOT rooms_sha256 IS NULL THEN business_date END) AS first_rooms_date
  FROM landed
)
SELECT
  d.calendar_date::DATE AS calendar_date, /* business day (JST) */
  COALESCE(l.has_dump, 0)::BIGINT AS has_dump, /* 1: a dump of this day has landed */
  CASE WHEN s.business_date IS NULL THEN 0 ELSE 1 END::BIGINT AS has_snapshot, /* 1: the file of tenant statuses of this day has landed */
  CASE
    WHEN NOT s.business_date IS NULL
    THEN 'snapshot'
    WHEN d.calendar_date > h.first_date
    THEN 'gap'
    ELSE 'before_history'
  END::VARCHAR(16) AS snapshot_state, /* snapshot, gap (no file, after days with one) or before_history (no file yet) */
  s.sha256::VARCHAR(64) AS snapshot_sha256, /* sha256 of the file of tenant statuses: other content changes the row */
  s.previous_date::DATE AS previous_snapshot_date, /* day of the file that this one is compared with */
  s.previous_sha256::VARCHAR(64) AS previous_snapshot_sha256, /* sha256 of that file: other content changes this day too */
  @days_between(s.previous_date, d.calendar_date) AS days_since_previous_snapshot, /* days since that day; more than 1 after a gap */
  CASE WHEN r.business_date IS NULL THEN 0 ELSE 1 END::BIGINT AS has_rooms, /* 1: the files of room assignments and of properties of this day have both landed */
  CASE
    WHEN NOT r.business_date IS NULL
    THEN 'snapshot'
    WHEN d.calendar_date > h.first_rooms_date
    THEN 'gap'
    ELSE 'before_history'
  END::VARCHAR(16) AS rooms_state, /* snapshot, gap or before_history, as above, for these two files */
  r.sha256::VARCHAR(128) AS rooms_sha256, /* sha256 of both files */
  r.previous_date::DATE AS previous_rooms_date, /* the day with both files that this one is compared with */
  r.previous_sha256::VARCHAR(128) AS previous_rooms_sha256, /* sha256 of that day's files: other content changes this day too */
  @days_between(r.previous_date, d.calendar_date) AS days_since_previous_rooms /* days since that day; more than 1 after a gap */
FROM days AS d
LEFT JOIN landed AS l
  ON l.business_date = d.calendar_date
LEFT JOIN snapshots AS s
  ON s.business_date = d.calendar_date
LEFT JOIN rooms AS r
  ON r.business_date = d.calendar_date
CROSS JOIN history AS h