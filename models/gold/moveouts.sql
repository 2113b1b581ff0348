/* Completed move-outs by move-out date, since 2018, of properties with known coordinates. */
MODEL (
  name gold.moveouts,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column moveout_date
  ),
  owner data_team,
  grain contract_id,
  tags (
    reconciled
  ),
  audits (
    UNIQUE_VALUES(columns := (
      contract_id
    )),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    WITHIN_TOKYO_AREA(),
    NOT_NULL(columns := (contract_id, asset_id_hj, moveout_date, latitude, longitude)),
    NO_FUTURE_DATE(column := moveout_date),
    AT_LEAST(column := total_stay_days, minimum := 0)
  )
);

/* Kind: a row belongs to its day, but a contract can be corrected years later and then changes, moves or goes.
`loader run` compares each day with what this query gives now and restates the days that differ, so the
table always equals a rebuild. */
SELECT
  contract_id::BIGINT AS contract_id, /* contract id (movings.id) */
  asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  room_number::VARCHAR(64) AS room_number, /* room number */
  contract_type_ja::VARCHAR(64) AS contract_system, /* contract type in Japanese */
  contract_channel::BIGINT AS contract_channel, /* channel the contract came through */
  original_contract_date::DATE AS original_contract_date, /* first move-in of the tenant, as the source copies it from contract to contract */
  contract_date::DATE AS contract_date, /* day of signing (JST) */
  contract_start_date::DATE AS contract_start_date, /* contract start, may be in the future */
  rent_start_date::DATE AS rent_start_date, /* first day of rent */
  contract_expiration_date::DATE AS contract_expiration_date, /* day the contract expires */
  is_renewal::VARCHAR(3) AS renewal_flag, /* Yes or No, NULL where the source does not say */
  monthly_rent::DECIMAL(12, 0) AS monthly_rent, /* rent in yen per month */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  gender::VARCHAR(64) AS gender, /* gender in English */
  age::BIGINT AS age, /* age in years */
  nationality::VARCHAR(255) AS nationality, /* nationality in Japanese */
  occupation_company::VARCHAR(255) AS occupation_company, /* occupation or employer, free text */
  residence_status::VARCHAR(64) AS residence_status, /* identity document in English */
  latitude::DECIMAL(11, 8) AS latitude, /* latitude of the property in degrees */
  longitude::DECIMAL(11, 8) AS longitude, /* longitude of the property in degrees */
  prefecture::VARCHAR(64) AS prefecture, /* of the property */
  municipality::VARCHAR(128) AS municipality, /* ward or city of the property */
  full_address::VARCHAR(1024) AS full_address, /* of the property */
  apartment_name::VARCHAR(255) AS apartment_name, /* name of the property */
  created_at::TIMESTAMP AS created_at, /* when the source made the contract, JST without time zone */
  updated_at::TIMESTAMP AS updated_at, /* when the source last changed the contract, JST without time zone */
  cancellation_notice_date::DATE AS cancellation_notice_date, /* day of receipt of the move-out notice (JST) */
  moveout_date::DATE AS moveout_date, /* move-out date */
  total_stay_days::BIGINT AS total_stay_days, /* count of days from start to move-out, NULL where the source has the move-out before the start */
  total_stay_months::BIGINT AS total_stay_months, /* count of completed months from start to move-out */
  notice_lead_time_days::BIGINT AS notice_lead_time_days, /* count of days from notice to move-out */
  moveout_reason_ja::VARCHAR(64) AS moveout_reason_ja, /* reason in Japanese */
  moveout_reason_en::VARCHAR(64) AS moveout_reason_en /* reason in English */
FROM silver.int_contracts
WHERE
  moveout_date BETWEEN @start_ds AND @end_ds
  AND is_completed_moveout = 1
  AND NOT latitude IS NULL
  AND NOT longitude IS NULL