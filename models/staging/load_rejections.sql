/* Rejected dumps and daily files: the newest rejection of each day. */
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
  LEFT(reason, 512)::VARCHAR(512) AS reason, /* reason of the rejection, as the loader printed it, at most 512 characters */
  rejected_at::TIMESTAMP AS rejected_at /* time of the rejection, UTC */
FROM landing.rejections
WHERE
  dataset <> 'coordinates' /* The reference file belongs to no day. */