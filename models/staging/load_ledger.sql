/* What the loader has landed: one row a dump or snapshot, written when all of it is in. */
MODEL (
  name staging.load_ledger,
  kind VIEW,
  owner data_team,
  grain (dataset, business_date),
  columns (
    dataset VARCHAR(16),
    business_date DATE,
    row_count BIGINT,
    sha256 VARCHAR(64)
  ),
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (dataset, business_date)),
    NOT_NULL(columns := (dataset, business_date, row_count)),
    ACCEPTED_VALUES(column := dataset, is_in := ('dump', 'snapshot'))
  )
);

SELECT
  dataset::VARCHAR(16) AS dataset, /* dump or snapshot */
  business_date, /* business day (JST) of the data */
  row_count::BIGINT AS row_count, /* rows landed */
  sha256::VARCHAR(64) AS sha256 /* digest of the file */
FROM landing.load_ledger