/* Move-ins and move-outs, one row each, on or before the business date. */
MODEL (
  name gold.move_events,
  kind VIEW,
  owner data_team,
  grain event_id,
  audits (
    UNIQUE_VALUES(columns := (
      event_id
    )),
    NOT_NULL(columns := (event_id, event_date, week_start, month_start, asset_id_hj, latitude, longitude)),
    ACCEPTED_VALUES(column := event_type, is_in := ('movein', 'moveout')),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    NO_FUTURE_DATE(column := event_date)
  )
);

/* Kind: VIEW, for it is a union of two marts. */
WITH events AS (
  SELECT
    'movein' AS event_type,
    contract_id,
    movein_date AS event_date, /* A renewal is no move: its tenant moved in before. */
    lead_time_bucket,
    NULL::VARCHAR(32) AS tenure_category,
    NULL::VARCHAR(64) AS moveout_reason_en,
    NULL::BIGINT AS notice_lead_time_days,
    asset_id_hj,
    apartment_name,
    prefecture,
    municipality,
    latitude,
    longitude,
    tenant_type,
    gender,
    age,
    age_group,
    nationality,
    monthly_rent,
    rent_range,
    rent_range_order,
    renewal_flag
  FROM gold.movein_analysis
  UNION ALL
  SELECT
    'moveout',
    contract_id,
    moveout_date,
    NULL::VARCHAR(32),
    tenure_category,
    moveout_reason_en,
    notice_lead_time_days,
    asset_id_hj,
    apartment_name,
    prefecture,
    municipality,
    latitude,
    longitude,
    tenant_type,
    gender,
    age,
    age_group,
    nationality,
    monthly_rent,
    rent_range,
    rent_range_order,
    renewal_flag
  FROM gold.moveout_analysis
)
SELECT
  CONCAT(event_type, '-', contract_id::VARCHAR(20))::VARCHAR(32) AS event_id, /* movein- or moveout- and the contract id */
  event_type::VARCHAR(16) AS event_type, /* movein or moveout */
  contract_id::BIGINT AS contract_id, /* contract id (movings.id) */
  event_date::DATE AS event_date, /* day of the move-in or move-out */
  @week_start(event_date)::DATE AS week_start, /* Monday of its week */
  LEFT(@month_start(event_date)::VARCHAR(10), 10)::VARCHAR(10) AS month_start, /* first day of its month, a text YYYY-MM-01 */
  asset_id_hj::VARCHAR(64) AS asset_id_hj, /* asset id of the property */
  apartment_name::VARCHAR(255) AS apartment_name, /* name of the property */
  prefecture::VARCHAR(64) AS prefecture, /* of the property */
  municipality::VARCHAR(128) AS municipality, /* ward or city of the property */
  latitude::DECIMAL(11, 8) AS latitude, /* latitude of the property in degrees */
  longitude::DECIMAL(11, 8) AS longitude, /* longitude of the property in degrees */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  gender::VARCHAR(64) AS gender, /* gender in English */
  age::BIGINT AS age, /* age in years */
  age_group::VARCHAR(32) AS age_group, /* group of the age */
  nationality::VARCHAR(255) AS nationality, /* nationality in Japanese */
  monthly_rent::DECIMAL(12, 0) AS monthly_rent, /* rent in yen per month, NULL where there is none */
  rent_range::VARCHAR(32) AS rent_range, /* range of the rent */
  rent_range_order::BIGINT AS rent_range_order, /* place of that range from 1, the lowest; 6 is Unknown */
  renewal_flag::VARCHAR(3) AS renewal_flag, /* Yes or No, NULL where the source does not say */
  lead_time_bucket::VARCHAR(32) AS lead_time_bucket, /* bucket of the days from signing to start; move-ins alone */
  tenure_category::VARCHAR(32) AS tenure_category, /* category of the stay; move-outs alone */
  moveout_reason_en::VARCHAR(64) AS moveout_reason_en, /* reason in English; move-outs alone */
  notice_lead_time_days::BIGINT AS notice_lead_time_days, /* count of days from notice to move-out; move-outs alone */
  1::BIGINT AS event_count /* 1, to be added up */
FROM events
CROSS JOIN silver.as_of AS a
WHERE
  event_date <= a.as_of_date