/* Days that a person took as lost, for a time. */
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
  waived_by::VARCHAR(128) AS waived_by, /* who said so */
  reason::VARCHAR(500) AS reason, /* why */
  until_date /* last business date on which it counts */
FROM landing.waivers