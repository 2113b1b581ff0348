/* Contracts as the property system holds them today: one row per contract, a renewal is a new row. */
MODEL (
  name staging.movings,
  kind VIEW,
  owner data_team,
  grain id,
  signals (
    dump_landed()
  ),
  audits (
    UNIQUE_VALUES(columns := (
      id
    )),
    NOT_NULL(columns := (id, tenant_id, apartment_id, room_id)),
    ACCEPTED_VALUES(column := cancel_flag, is_in := (0, 1)),
    ACCEPTED_VALUES(column := is_moveout, is_in := (0, 1)),
    ACCEPTED_VALUES(column := move_renew_flag, is_in := (0, 1)),
    CONTRACT_PLACEHOLDER_WARNING(column := movein_date, percent := 1),
    CONTRACT_PLACEHOLDER_WARNING(column := moveout_date_integrated, percent := 1),
    NUMBER_OF_ROWS(threshold := 0)
  )
);

SELECT
  id, /* contract id */
  tenant_id, /* tenant of the contract */
  apartment_id, /* property of the contract */
  room_id, /* room of the contract */
  @clean_date(movein_date) AS movein_date, /* contract start, may be in the future */
  @clean_date(movein_decided_date) AS movein_decided_date, /* day of signing (JST); the source also holds a time of day */
  @clean_date(original_movein_date) AS original_movein_date, /* first move-in of the tenant, as the source copies it from contract to contract */
  @clean_date(rent_start_date) AS rent_start_date, /* first day of rent, mostly empty */
  @clean_date(expiration_date) AS expiration_date, /* day the contract expires */
  @clean_date(moveout_receipt_date) AS moveout_receipt_date, /* day of receipt of the move-out notice (JST) */
  @clean_date(moveout_date) AS moveout_date, /* last day of rent */
  @clean_date(moveout_plans_date) AS moveout_plans_date, /* planned or actual move-out */
  @clean_date(moveout_date_integrated) AS moveout_date_integrated, /* move-out date as the source unifies it */
  CASE WHEN rent::DECIMAL(12, 0) > 0 THEN rent::DECIMAL(12, 0) END::DECIMAL(12, 0) AS rent, /* rent in yen per month; NULL for 0 and less: no rent was entered */
  condo_fee::DECIMAL(12, 0) AS condo_fee, /* common service fee in yen per month */
  administrative_fee::DECIMAL(12, 0) AS administrative_fee, /* administrative fee in yen, paid once */
  moveout_fee::DECIMAL(12, 0) AS moveout_fee, /* move-out fee in yen, paid once */
  moving_agreement_type::BIGINT AS moving_agreement_type, /* contract type 0 to 9, seeds.code_contract_type */
  move_renew_flag::BIGINT AS move_renew_flag, /* 1: a renewal */
  cancel_flag::BIGINT AS cancel_flag, /* 1: cancelled */
  is_moveout::BIGINT AS is_moveout, /* 1: the move-out is done; not always set */
  @clean_timestamp(created_at) AS created_at, /* when the row was made, JST without time zone */
  @clean_timestamp(updated_at) AS updated_at /* when the row was last changed, JST without time zone */
FROM landing.movings