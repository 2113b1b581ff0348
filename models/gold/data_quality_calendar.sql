/* Status of the dump and the daily files of each day since the first dump: loaded, missing, rejected or waived. On a gap, what needs its files is NULL or has no row. */
MODEL (
  name gold.data_quality_calendar,
  kind VIEW,
  owner data_team,
  grain check_date,
  audits (
    UNIQUE_VALUES(columns := (
      check_date
    )),
    NOT_NULL(columns := (check_date, dump_status, snapshot_status, is_gap, rooms_status, is_rooms_gap)),
    ACCEPTED_VALUES(column := rooms_status, is_in := ('loaded', 'rejected', 'waived', 'missing')),
    ACCEPTED_VALUES(column := dump_status, is_in := ('loaded', 'rejected', 'waived', 'missing')),
    ACCEPTED_VALUES(column := snapshot_status, is_in := ('loaded', 'rejected', 'waived', 'missing')),
    NO_FUTURE_DATE(column := check_date)
  )
);

/* Kind: VIEW, for a waiver or a rejection can change any day at any time, and it has few rows. */
WITH first_dump AS (
  SELECT
    MIN(business_date) AS first_date
  FROM staging.load_ledger
  WHERE
    dataset = 'dump'
), days AS (
  SELECT
    c.calendar_date,
    c.has_rooms,
    a.as_of_date
  FROM silver.business_calendar AS c
  CROSS JOIN first_dump AS f
  CROSS JOIN silver.as_of AS a
  WHERE
    c.calendar_date >= f.first_date
), no_rooms AS (
  SELECT
    r.business_date,
    MIN(r.reason) AS reason
  FROM staging.load_rejections AS r
  LEFT JOIN staging.load_ledger AS l
    ON l.business_date = r.business_date AND l.dataset = r.dataset
  WHERE
    r.dataset IN ('room_assignment', 'property')
    AND l.business_date IS NULL /* a rejection of the other file: this one has landed since */
  GROUP BY
    r.business_date
)
SELECT
  d.calendar_date::DATE AS check_date, /* business day (JST) */
  @day_status(NOT dump.business_date IS NULL, w.until_date >= d.as_of_date, NOT no_dump.business_date IS NULL) AS dump_status, /* loaded, rejected, waived (a person accepted the gap, until a date) or missing */
  @day_status(NOT file.business_date IS NULL, w.until_date >= d.as_of_date, NOT no_file.business_date IS NULL) AS snapshot_status, /* the same for the daily file of tenant statuses */
  CASE WHEN file.business_date IS NULL THEN 1 ELSE 0 END::BIGINT AS is_gap, /* 1: no file of tenant statuses, so what needs one is NULL on this day */
  @day_status(d.has_rooms = 1, w.until_date >= d.as_of_date, NOT no_rooms.business_date IS NULL) AS rooms_status, /* the same for the daily files of room assignments and properties: loaded when both are */
  (
    1 - d.has_rooms
  )::BIGINT AS is_rooms_gap, /* 1: one of these files is missing, so occupancy is NULL on this day */
  CASE WHEN dump.business_date IS NULL THEN no_dump.reason END::VARCHAR(512) AS dump_rejection, /* reason of the rejection of the dump, NULL once one has landed */
  CASE WHEN file.business_date IS NULL THEN no_file.reason END::VARCHAR(512) AS snapshot_rejection, /* reason of the rejection of the file of tenant statuses, NULL once one has landed */
  CASE WHEN d.has_rooms = 0 THEN no_rooms.reason END::VARCHAR(512) AS rooms_rejection, /* reason of the rejection of one of the room files, NULL once both have landed */
  w.waived_by::VARCHAR(128) AS waived_by, /* person who accepted the gap */
  w.reason::VARCHAR(500) AS waiver_reason, /* reason of the waiver */
  w.until_date::DATE AS waived_until, /* last business date on which the waiver holds */
  dump.object_key::VARCHAR(255) AS dump_key, /* the dump in the bucket */
  dump.has_manifest::BIGINT AS has_manifest /* 0: loaded by hand, without a manifest: unverified */
FROM days AS d
LEFT JOIN staging.load_ledger AS dump
  ON dump.business_date = d.calendar_date AND dump.dataset = 'dump'
LEFT JOIN staging.load_ledger AS file
  ON file.business_date = d.calendar_date AND file.dataset = 'tenant_status'
LEFT JOIN staging.load_rejections AS no_dump
  ON no_dump.business_date = d.calendar_date AND no_dump.dataset = 'dump'
LEFT JOIN staging.load_rejections AS no_file
  ON no_file.business_date = d.calendar_date AND no_file.dataset = 'tenant_status'
LEFT JOIN no_rooms
  ON no_rooms.business_date = d.calendar_date
LEFT JOIN staging.load_waivers AS w
  ON w.business_date = d.calendar_date