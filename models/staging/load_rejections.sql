/* Dumps and daily files that were refused, the newest refusal of each day. */
MODEL (
  name staging.load_rejections,
  kind VIEW,
  owner data_team,
  grain (dataset, business_date),
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (dataset, business_date)),
    NOT_NULL(columns := (dataset, business_date, reason)),
    ACCEPTED_VALUES(column := dataset, is_in := ('dump', 'tenant_status', 'room_assignment', 'property'))
  )
);

SELECT
  dataset::VARCHAR(16) AS dataset, /* dump, or the kind of daily file: tenant_status, room_assignment or property */
  business_date, /* business day (JST) of the file */
  object_key::VARCHAR(255) AS object_key, /* the file in the bucket */
  LEFT(reason, 512)::VARCHAR(512) AS reason, /* why it was refused, as the loader said; cut at 512 characters */
  rejected_at::TIMESTAMP AS rejected_at /* when, in UTC */
FROM landing.rejections
WHERE
  dataset <> 'coordinates' /* A reference file is of no day. */