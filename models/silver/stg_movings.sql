/* Contracts with the names, labels and flags that the rest of the warehouse uses: one row per contract. */
MODEL (
  name silver.stg_movings,
  kind VIEW,
  owner data_team,
  grain moving_id,
  audits (
    NOT_NULL(columns := (moving_id, tenant_id, apartment_id, room_id, tenant_type)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    UNKNOWN_SHARE_WARNING(column := tenant_type, percent := 1)
  )
);

SELECT
  m.id AS moving_id, /* contract id */
  m.tenant_id, /* tenant */
  m.apartment_id, /* property */
  m.room_id, /* room */
  m.moving_agreement_type AS contract_type_code, /* contract type 0 to 9 */
  c.label_ja AS contract_type_ja, /* contract type in Japanese */
  c.label_en AS contract_type_en, /* contract type in English */
  COALESCE(c.tenant_type, 'unknown')::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown. Codes 0, 4, 5, 8 and no code say nothing about the tenant: 'unknown' is a value, so that no join loses them */
  m.movein_decided_date AS contract_date, /* day of signing (JST) */
  m.movein_date AS contract_start_date, /* contract start, may be in the future */
  m.rent_start_date, /* first day of rent */
  m.expiration_date AS contract_expiration_date, /* day the contract expires */
  m.original_movein_date AS original_contract_date, /* first move-in of the tenant, as the source copies it from contract to contract */
  m.moveout_receipt_date AS cancellation_notice_date, /* day of receipt of the move-out notice (JST) */
  @moveout_date(m.moveout_date_integrated, m.moveout_plans_date, m.moveout_date) AS moveout_date, /* move-out date: unified, else planned, else last day of rent */
  m.moveout_date_integrated, /* move-out date as the source unifies it */
  m.moveout_plans_date, /* planned or actual move-out */
  m.moveout_date AS moveout_final_rent_date, /* last day of rent */
  CASE m.move_renew_flag WHEN 1 THEN 'Yes' WHEN 0 THEN 'No' END::VARCHAR(3) AS is_renewal, /* Yes or No, NULL where the source does not say */
  CASE WHEN COALESCE(m.cancel_flag, 0) = 0 THEN 1 ELSE 0 END::BIGINT AS is_valid_contract, /* 1: not cancelled. A missing flag means "not cancelled" everywhere, as it does in the current population */
  CASE WHEN COALESCE(m.is_moveout, 0) = 1 THEN 1 ELSE 0 END::BIGINT AS is_completed_moveout, /* 1: the source says the move-out is done */
  m.rent AS monthly_rent, /* rent in yen per month */
  m.condo_fee, /* common service fee in yen per month */
  m.administrative_fee, /* administrative fee in yen, paid once */
  m.moveout_fee, /* move-out fee in yen, paid once */
  m.created_at, /* when the source made the row, JST without time zone */
  m.updated_at /* when the source last changed the row, JST without time zone */
FROM staging.movings AS m
LEFT JOIN seeds.code_contract_type AS c
  ON c.code = m.moving_agreement_type