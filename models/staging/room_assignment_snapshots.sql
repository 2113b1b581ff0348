/* Contracts on every day that has a daily file of them, as the property system had them on that day: not cancelled, and ended at most 31 days before. */
MODEL (
  name staging.room_assignment_snapshots,
  kind VIEW,
  depends_on (
    seeds.code_tenant_status
  ),
  owner data_team,
  grain (moving_id, snapshot_date),
  signals (
    rooms_landed()
  ),
  audits (
    NEWEST_DAY_COMPLETE(day := snapshot_date, columns := (moving_id, tenant_id, apartment_id, room_id, is_current_contract)),
    NEWEST_DAY_UNIQUE(day := snapshot_date, columns := (
      moving_id
    )),
    NEWEST_FILE_RELATIONSHIP(dataset := 'room_assignment', column := tenant_status, parent := seeds.code_tenant_status, parent_column := code)
  )
);

SELECT
  moving_id, /* contract */
  tenant_id, /* tenant of the contract */
  apartment_id, /* property of the contract */
  room_id, /* room of the contract */
  room_apartment_id, /* property that the room belongs to, NULL where there is no such room */
  @clean_text(room_number, 64) AS room_number, /* room number */
  tenant_status, /* status of the tenant on that day, NULL where there is no such tenant */
  is_current_contract, /* 1: the tenant's row names this contract as the current one */
  is_moveout, /* 1: the source says the move-out is done */
  moving_agreement_type, /* contract type 0 to 9 */
  @clean_date(movein_date) AS movein_date, /* contract start, may be in the future */
  @clean_date(original_movein_date) AS original_movein_date, /* first move-in of the tenant, as the source copies it from contract to contract */
  @clean_date(moveout_date_integrated) AS moveout_date_integrated, /* move-out date as the source unifies it */
  @clean_date(moveout_plans_date) AS moveout_plans_date, /* planned or actual move-out */
  @clean_date(moveout_date) AS moveout_date, /* last day of rent */
  @moveout_date(@clean_date(moveout_date_integrated), @clean_date(moveout_plans_date), @clean_date(moveout_date)) AS leaves_on, /* move-out date: unified, else planned, else last day of rent, as in silver.stg_movings */
  CASE WHEN rent::DECIMAL(12, 0) > 0 THEN rent::DECIMAL(12, 0) END::DECIMAL(12, 0) AS rent, /* rent in yen per month on that day; NULL for 0 and less, as in staging.movings */
  @clean_timestamp(updated_at) AS updated_at, /* when the contract was last changed, JST without time zone */
  snapshot_date /* business day of the file (JST) */
FROM landing.room_assignment_snapshots