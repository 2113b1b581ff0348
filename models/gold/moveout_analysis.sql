/* Move-outs: the rows of gold.moveouts in the managers' groups. */
MODEL (
  name gold.moveout_analysis,
  kind VIEW,
  owner data_team,
  grain contract_id,
  audits (
    UNIQUE_VALUES(columns := (
      contract_id
    )),
    NOT_NULL(columns := (contract_id, asset_id_hj, moveout_date, latitude, longitude)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    ACCEPTED_VALUES(column := rent_range, is_in := ('Under 50K', '50K-70K', '70K-100K', '100K-150K', '150K+', 'Unknown')),
    ACCEPTED_VALUES(column := age_group, is_in := ('Under 25', '25-34', '35-44', '45-54', '55+', 'Unknown')),
    ACCEPTED_VALUES(
      column := tenure_category,
      is_in := ('Short (<6mo)', 'Medium (6-12mo)', 'Long (1-2yr)', 'Very Long (2yr+)', 'Unknown')
    )
  )
);

/* Kind: VIEW, for it only adds groups to another mart. */
SELECT
  m.contract_id::BIGINT AS contract_id, /* contract id (movings.id) */
  m.asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  m.apartment_name::VARCHAR(255) AS apartment_name, /* name of the property */
  m.contract_date::DATE AS contract_date, /* day of signing (JST) */
  m.contract_start_date::DATE AS contract_start_date, /* contract start */
  m.cancellation_notice_date::DATE AS cancellation_notice_date, /* day of receipt of the move-out notice (JST) */
  m.moveout_date::DATE AS moveout_date, /* move-out date */
  m.renewal_flag::VARCHAR(3) AS renewal_flag, /* Yes or No, NULL where the source does not say */
  m.monthly_rent::DECIMAL(12, 0) AS monthly_rent, /* rent in yen per month, NULL where there is none */
  @rent_range(m.monthly_rent) AS rent_range, /* range of the rent */
  @rent_range_order(m.monthly_rent) AS rent_range_order, /* place of that range from 1, the lowest; 6 is Unknown */
  m.tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  m.contract_system::VARCHAR(64) AS contract_system, /* contract type in Japanese */
  m.contract_channel::BIGINT AS contract_channel, /* channel the contract came through */
  m.gender::VARCHAR(64) AS gender, /* gender in English */
  m.age::BIGINT AS age, /* age in years */
  @age_group(m.age) AS age_group, /* group of the age */
  m.nationality::VARCHAR(255) AS nationality, /* nationality in Japanese */
  m.occupation_company::VARCHAR(255) AS occupation_company, /* occupation or employer, free text */
  c.affiliation_type_en::VARCHAR(64) AS occupation_industry, /* industry in English */
  m.residence_status::VARCHAR(64) AS residence_status, /* identity document in English */
  m.prefecture::VARCHAR(64) AS prefecture, /* of the property */
  m.municipality::VARCHAR(128) AS municipality, /* ward or city of the property */
  m.full_address::VARCHAR(1024) AS full_address, /* of the property */
  m.latitude::DECIMAL(11, 8) AS latitude, /* latitude of the property in degrees */
  m.longitude::DECIMAL(11, 8) AS longitude, /* longitude of the property in degrees */
  m.total_stay_days::BIGINT AS total_stay_days, /* count of days from start to move-out, NULL where the source has the move-out before the start */
  m.total_stay_months::BIGINT AS total_stay_months, /* count of completed months from start to move-out */
  @tenure_category(m.total_stay_months) AS tenure_category, /* category of those months */
  m.notice_lead_time_days::BIGINT AS notice_lead_time_days, /* count of days from notice to move-out, negative when the notice came after */
  m.moveout_reason_ja::VARCHAR(64) AS moveout_reason_ja, /* reason in Japanese */
  m.moveout_reason_en::VARCHAR(64) AS moveout_reason_en, /* reason in English */
  m.created_at::TIMESTAMP AS created_at, /* when the source made the contract, JST without time zone */
  m.updated_at::TIMESTAMP AS updated_at /* when the source last changed the contract, JST without time zone */
FROM gold.moveouts AS m
JOIN silver.int_contracts AS c
  ON c.contract_id = m.contract_id