/* Days whose gap a person accepted, until a date. */
MODEL (
  name staging.load_waivers,
  kind VIEW,
  owner data_team,
  grain business_date,
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_VALUES(columns := (
      business_date
    )),
    NOT_NULL(columns := (business_date, waived_by, reason, until_date)),
    NOT_BEFORE(earlier := business_date, later := until_date)
  )
);

SELECT
  business_date, /* the day (JST) */
  waived_by::VARCHAR(128) AS waived_by, /* person who accepted the gap */
  reason::VARCHAR(500) AS reason, /* reason */
  until_date /* last business date on which the waiver holds */
FROM landing.waivers