/* What the loader has landed: one row per dump or daily file, written when all its rows are in. */
MODEL (
  name staging.load_ledger,
  kind VIEW,
  owner data_team,
  grain (dataset, business_date),
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (dataset, business_date)),
    NOT_NULL(columns := (dataset, business_date, row_count)),
    ACCEPTED_VALUES(column := dataset, is_in := ('dump', 'tenant_status', 'room_assignment', 'property')),
    ACCEPTED_VALUES(column := has_manifest, is_in := (0, 1))
  )
);

SELECT
  dataset::VARCHAR(16) AS dataset, /* dump, or the kind of daily file: tenant_status, room_assignment or property */
  business_date, /* business day (JST) of the data */
  object_key::VARCHAR(255) AS object_key, /* the file in the bucket */
  row_count::BIGINT AS row_count, /* count of rows landed */
  sha256::VARCHAR(64) AS sha256, /* sha256 of the file, in hex */
  has_manifest::BIGINT AS has_manifest /* 0: a dump loaded by hand, without a manifest */
FROM landing.load_ledger
WHERE
  dataset <> 'coordinates' /* The reference file belongs to no day. */