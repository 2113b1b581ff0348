/* Contracts with tenant, property and room: for each tenant and room the newest contract that is not cancelled (the newest of all, where all are cancelled). No names. */
MODEL (
  name silver.int_contracts,
  kind FULL,
  depends_on (staging.movings, staging.tenants, staging.apartments, staging.rooms),
  owner data_team,
  grains (contract_id, (tenant_id, apartment_id, room_id)),
  audits (
    UNIQUE_VALUES(columns := (
      contract_id
    )),
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (tenant_id, apartment_id, room_id)),
    NOT_NULL(columns := (contract_id, asset_id_hj, tenant_type, is_valid_contract, is_completed_moveout)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    AT_LEAST(column := total_stay_days, minimum := 0),
    WITHIN_TOKYO_AREA(),
    EVERY_CONTRACT_ACCOUNTED_FOR(),
    NUMBER_OF_ROWS(threshold := 0)
  )
);

/* Kind: FULL, for the source is one small current state, any row of which can change. */
WITH ranked AS (
  SELECT
    moving_id,
    ROW_NUMBER() OVER (
      PARTITION BY tenant_id, apartment_id, room_id
      ORDER BY is_valid_contract DESC, contract_start_date DESC NULLS LAST, updated_at DESC NULLS LAST, moving_id DESC
    ) AS place /* A cancelled contract never hides a valid older one for the same room. */
  FROM silver.stg_movings
)
SELECT
  m.moving_id::BIGINT AS contract_id, /* contract id (movings.id) */
  m.tenant_id::BIGINT AS tenant_id, /* tenant */
  m.apartment_id::BIGINT AS apartment_id, /* property */
  m.room_id::BIGINT AS room_id, /* room */
  p.asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  p.apartment_name::VARCHAR(255) AS apartment_name, /* name of the property */
  p.apartment_name_en::VARCHAR(255) AS apartment_name_en, /* English name of the property */
  r.room_number::VARCHAR(64) AS room_number, /* room number */
  m.contract_date::DATE AS contract_date, /* day of signing (JST) */
  m.contract_start_date::DATE AS contract_start_date, /* contract start, may be in the future */
  m.rent_start_date::DATE AS rent_start_date, /* first day of rent */
  m.contract_expiration_date::DATE AS contract_expiration_date, /* day the contract expires */
  m.original_contract_date::DATE AS original_contract_date, /* first move-in of the tenant, as the source copies it from contract to contract */
  m.cancellation_notice_date::DATE AS cancellation_notice_date, /* day of receipt of the move-out notice (JST) */
  m.moveout_date::DATE AS moveout_date, /* move-out date */
  m.contract_type_code::BIGINT AS contract_type_code, /* contract type 0 to 9 */
  m.contract_type_ja::VARCHAR(64) AS contract_type_ja, /* contract type in Japanese */
  m.contract_type_en::VARCHAR(64) AS contract_type_en, /* contract type in English */
  m.tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  m.is_renewal::VARCHAR(3) AS is_renewal, /* Yes or No, NULL where the source does not say */
  m.is_valid_contract::BIGINT AS is_valid_contract, /* 1: not cancelled */
  m.is_completed_moveout::BIGINT AS is_completed_moveout, /* 1: the move-out is done */
  m.monthly_rent::DECIMAL(12, 0) AS monthly_rent, /* rent in yen per month */
  m.condo_fee::DECIMAL(12, 0) AS condo_fee, /* common service fee in yen per month */
  m.administrative_fee::DECIMAL(12, 0) AS administrative_fee, /* administrative fee in yen, paid once */
  m.moveout_fee::DECIMAL(12, 0) AS moveout_fee, /* move-out fee in yen, paid once */
  t.gender_code::BIGINT AS gender_code, /* 1 male, 2 female, 3 other */
  t.gender::VARCHAR(64) AS gender, /* gender in English */
  t.age::BIGINT AS age, /* age in years */
  t.birth_date::DATE AS birth_date, /* day of birth */
  t.nationality::VARCHAR(255) AS nationality, /* nationality in Japanese */
  t.affiliation::VARCHAR(255) AS occupation_company, /* occupation or employer, free text */
  t.affiliation_type_ja::VARCHAR(64) AS affiliation_type_ja, /* industry in Japanese */
  t.affiliation_type_en::VARCHAR(64) AS affiliation_type_en, /* industry in English */
  t.personal_identity_en::VARCHAR(64) AS residence_status, /* identity document in English */
  t.personal_identity_ja::VARCHAR(64) AS residence_status_ja, /* identity document in Japanese */
  t.contract_channel::BIGINT AS contract_channel, /* channel the contract came through */
  t.tenant_status_code::BIGINT AS tenant_status_code, /* status of the tenant today, 0 to 17 */
  t.tenant_status_en::VARCHAR(64) AS tenant_status_en, /* that status in English */
  t.is_active_lease::BIGINT AS is_active_lease, /* 1: that status counts as an active lease */
  t.moveout_reason_code::BIGINT AS moveout_reason_code, /* reason for moving out 0 to 7 */
  t.moveout_reason_ja::VARCHAR(64) AS moveout_reason_ja, /* reason in Japanese */
  t.moveout_reason_en::VARCHAR(64) AS moveout_reason_en, /* reason in English */
  p.latitude::DECIMAL(11, 8) AS latitude, /* latitude of the property in degrees */
  p.longitude::DECIMAL(11, 8) AS longitude, /* longitude of the property in degrees */
  p.prefecture::VARCHAR(64) AS prefecture, /* of the property */
  p.municipality::VARCHAR(128) AS municipality, /* ward or city of the property */
  p.full_address::VARCHAR(1024) AS full_address, /* of the property */
  p.room_count::BIGINT AS property_total_rooms, /* count of rooms of the property, as the source keeps it */
  p.vacancy_room_count::BIGINT AS property_vacant_rooms, /* count of vacant rooms of the property, as the source keeps it */
  CASE WHEN m.moveout_date >= m.contract_start_date THEN @days_between(m.contract_start_date, m.moveout_date) END AS total_stay_days, /* days from start to move-out. NULL where the move-out is before the start: an error of the source */
  CASE WHEN m.moveout_date >= m.contract_start_date THEN @months_between(m.contract_start_date, m.moveout_date) END AS total_stay_months, /* completed months from start to move-out, NULL as above */
  @days_between(m.cancellation_notice_date, m.moveout_date) AS notice_lead_time_days, /* days from notice to move-out, negative when the notice came after */
  m.created_at::TIMESTAMP AS created_at, /* when the source made the contract, JST without time zone */
  m.updated_at::TIMESTAMP AS updated_at /* when the source last changed the contract, JST without time zone */
FROM silver.stg_movings AS m
JOIN ranked AS k
  ON k.moving_id = m.moving_id AND k.place = 1
JOIN silver.stg_tenants AS t
  ON t.tenant_id = m.tenant_id
JOIN silver.stg_apartments AS p
  ON p.apartment_id = m.apartment_id
JOIN silver.stg_rooms AS r
  ON r.room_id = m.room_id