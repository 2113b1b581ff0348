/* Move-ins: the contracts of gold.new_contracts that have begun by the business date, in the managers' groups. A renewal is a contract with a start of its own, so it is a row here: renewal_flag tells it. */
MODEL (
  name gold.movein_analysis,
  kind VIEW,
  owner data_team,
  grain contract_id,
  audits (
    UNIQUE_VALUES(columns := (
      contract_id
    )),
    NOT_NULL(columns := (contract_id, contract_start_date, latitude, longitude)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    ACCEPTED_VALUES(column := rent_range, is_in := ('Under 50K', '50K-70K', '70K-100K', '100K-150K', '150K+', 'Unknown')),
    ACCEPTED_VALUES(column := age_group, is_in := ('Under 25', '25-34', '35-44', '45-54', '55+', 'Unknown')),
    ACCEPTED_VALUES(column := lead_time_bucket, is_in := ('0-7', '8-30', '31-60', '61+', 'Unknown')),
    NO_FUTURE_DATE(column := contract_start_date)
  )
);

/* Kind: VIEW, for it only adds groups to another mart. */
SELECT
  n.contract_id::BIGINT AS contract_id, /* contract id (movings.id) */
  n.asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  n.apartment_name::VARCHAR(255) AS apartment_name, /* name of the property */
  n.contract_date::DATE AS contract_date, /* day of signing (JST) */
  n.contract_start_date::DATE AS contract_start_date, /* contract start */
  CASE
    WHEN n.renewal_flag = 'Yes'
    THEN COALESCE(n.original_contract_date, n.contract_start_date)
    ELSE n.contract_start_date
  END::DATE AS movein_date, /* day the tenant moved in: the contract start, of a renewal the first move-in */
  n.original_contract_date::DATE AS original_contract_date, /* first move-in of the tenant, as the source copies it from contract to contract */
  n.contract_expiration_date::DATE AS contract_expiration_date, /* day the contract expires */
  n.renewal_flag::VARCHAR(3) AS renewal_flag, /* Yes or No, NULL where the source does not say */
  n.monthly_rent::DECIMAL(12, 0) AS monthly_rent, /* rent in yen per month, NULL where there is none */
  @rent_range(n.monthly_rent) AS rent_range, /* range of the rent */
  @rent_range_order(n.monthly_rent) AS rent_range_order, /* place of that range from 1, the lowest; 6 is Unknown */
  n.tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  n.contract_system::VARCHAR(64) AS contract_system, /* contract type in Japanese */
  n.contract_channel::BIGINT AS contract_channel, /* channel the contract came through */
  n.gender::VARCHAR(64) AS gender, /* gender in English */
  n.age::BIGINT AS age, /* age in years */
  @age_group(n.age) AS age_group, /* group of the age */
  n.nationality::VARCHAR(255) AS nationality, /* nationality in Japanese */
  n.occupation_company::VARCHAR(255) AS occupation_company, /* occupation or employer, free text */
  c.affiliation_type_en::VARCHAR(64) AS occupation_industry, /* industry in English */
  n.residence_status::VARCHAR(64) AS residence_status, /* identity document in English */
  n.prefecture::VARCHAR(64) AS prefecture, /* of the property */
  n.municipality::VARCHAR(128) AS municipality, /* ward or city of the property */
  n.latitude::DECIMAL(11, 8) AS latitude, /* latitude of the property in degrees */
  n.longitude::DECIMAL(11, 8) AS longitude, /* longitude of the property in degrees */
  @days_between(n.contract_date, n.contract_start_date) AS lead_time_days, /* count of days from signing to start, negative when it was signed after */
  @lead_time_bucket(@days_between(n.contract_date, n.contract_start_date)) AS lead_time_bucket, /* bucket of those days */
  CASE
    WHEN n.contract_expiration_date >= n.contract_start_date
    THEN @months_between(n.contract_start_date, n.contract_expiration_date)
  END AS planned_stay_months, /* count of completed months from start to expiration */
  n.created_at::TIMESTAMP AS created_at, /* when the source made the contract, JST without time zone */
  n.updated_at::TIMESTAMP AS updated_at /* when the source last changed the contract, JST without time zone */
FROM gold.new_contracts AS n
JOIN silver.int_contracts AS c
  ON c.contract_id = n.contract_id
CROSS JOIN silver.as_of AS a
WHERE
  n.contract_start_date <= a.as_of_date