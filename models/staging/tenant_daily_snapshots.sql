/* Status of every tenant on every day that has a daily file of them. Names stay in the landing table. */
MODEL (
  name staging.tenant_daily_snapshots,
  kind VIEW,
  depends_on (
    seeds.code_tenant_status
  ),
  owner data_team,
  grain (tenant_id, snapshot_date),
  signals (
    snapshot_landed()
  ),
  audits (
    NEWEST_DAY_COMPLETE(day := snapshot_date, columns := (tenant_id, status, contract_type)),
    NEWEST_DAY_UNIQUE(day := snapshot_date, columns := (
      tenant_id
    )),
    NEWEST_FILE_RELATIONSHIP(dataset := 'tenant_status', column := status, parent := seeds.code_tenant_status, parent_column := code)
  )
);

SELECT
  tenant_id, /* tenant */
  status::BIGINT AS status, /* status 0 to 17 on that day */
  contract_type::BIGINT AS contract_type, /* contract type on that day */
  snapshot_date /* business day of the file (JST) */
FROM landing.tenant_daily_snapshots