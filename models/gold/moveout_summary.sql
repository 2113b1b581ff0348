/* Move-outs by day, rent range, prefecture and tenant type, with counts by gender, age, stay and renewal. Each group of counts adds up to moveout_count. */
MODEL (
  name gold.moveout_summary,
  kind VIEW,
  owner data_team,
  grain (moveout_date, rent_range, prefecture, tenant_type),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (moveout_date, rent_range, prefecture, tenant_type)),
    NOT_NULL(columns := (moveout_date, moveout_year_month, rent_range, prefecture, tenant_type, moveout_count)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    ACCEPTED_VALUES(column := rent_range, is_in := ('Under 50K', '50K-70K', '70K-100K', '100K-150K', '150K+', 'Unknown')),
    MOVEOUT_GROUPS_ADD_UP()
  )
);

/* Kind: VIEW, for it only regroups another mart. */
SELECT
  moveout_date::DATE AS moveout_date, /* move-out date */
  MIN(LEFT(moveout_date::VARCHAR(10), 7))::VARCHAR(7) AS moveout_year_month, /* its month, YYYY-MM */
  rent_range::VARCHAR(32) AS rent_range, /* range of the rent */
  MIN(rent_range_order)::BIGINT AS rent_range_order, /* place of that range from 1, the lowest; 6 is Unknown */
  COALESCE(prefecture, 'Unknown')::VARCHAR(64) AS prefecture, /* prefecture of the property, or Unknown */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  COUNT(*)::BIGINT AS moveout_count, /* count of move-outs */
  @ratio(SUM(monthly_rent), COUNT(monthly_rent), 0) AS avg_monthly_rent, /* mean rent in yen per month, of those with one */
  MIN(monthly_rent)::DECIMAL(12, 0) AS min_monthly_rent, /* lowest rent in yen per month */
  MAX(monthly_rent)::DECIMAL(12, 0) AS max_monthly_rent, /* highest rent in yen per month */
  @ratio(SUM(total_stay_months), COUNT(total_stay_months), 1) AS avg_tenure_months, /* mean stay in completed months, of those known */
  @ratio(SUM(total_stay_days), COUNT(total_stay_days), 1) AS avg_tenure_days, /* mean stay in days, of those known */
  SUM(CASE WHEN gender = 'Male' THEN 1 ELSE 0 END)::BIGINT AS gender_male_count, /* count of move-outs: men */
  SUM(CASE WHEN gender = 'Female' THEN 1 ELSE 0 END)::BIGINT AS gender_female_count, /* count of move-outs: women */
  SUM(CASE WHEN gender = 'Other' THEN 1 ELSE 0 END)::BIGINT AS gender_other_count, /* count of move-outs: other */
  SUM(CASE WHEN gender IN ('Male', 'Female', 'Other') THEN 0 ELSE 1 END)::BIGINT AS gender_unknown_count, /* count of move-outs: gender unknown */
  SUM(CASE WHEN age_group = 'Under 25' THEN 1 ELSE 0 END)::BIGINT AS age_under_25_count, /* count of move-outs: under 25 years old */
  SUM(CASE WHEN age_group = '25-34' THEN 1 ELSE 0 END)::BIGINT AS age_25_34_count, /* count of move-outs: 25 to 34 years old */
  SUM(CASE WHEN age_group = '35-44' THEN 1 ELSE 0 END)::BIGINT AS age_35_44_count, /* count of move-outs: 35 to 44 years old */
  SUM(CASE WHEN age_group = '45-54' THEN 1 ELSE 0 END)::BIGINT AS age_45_54_count, /* count of move-outs: 45 to 54 years old */
  SUM(CASE WHEN age_group = '55+' THEN 1 ELSE 0 END)::BIGINT AS age_55_plus_count, /* count of move-outs: 55 years old and more */
  SUM(CASE WHEN age_group = 'Unknown' THEN 1 ELSE 0 END)::BIGINT AS age_unknown_count, /* count of move-outs: age unknown */
  SUM(CASE WHEN tenure_category = 'Short (<6mo)' THEN 1 ELSE 0 END)::BIGINT AS tenure_short_count, /* count of move-outs: stayed less than 6 months */
  SUM(CASE WHEN tenure_category = 'Medium (6-12mo)' THEN 1 ELSE 0 END)::BIGINT AS tenure_medium_count, /* count of move-outs: stayed 6 to 11 months */
  SUM(CASE WHEN tenure_category = 'Long (1-2yr)' THEN 1 ELSE 0 END)::BIGINT AS tenure_long_count, /* count of move-outs: stayed 12 to 23 months */
  SUM(CASE WHEN tenure_category = 'Very Long (2yr+)' THEN 1 ELSE 0 END)::BIGINT AS tenure_very_long_count, /* count of move-outs: stayed 24 months and more */
  SUM(CASE WHEN tenure_category = 'Unknown' THEN 1 ELSE 0 END)::BIGINT AS tenure_unknown_count, /* count of move-outs: stay unknown */
  SUM(CASE WHEN renewal_flag = 'Yes' THEN 1 ELSE 0 END)::BIGINT AS renewal_yes_count, /* count of move-outs: from a renewed contract */
  SUM(CASE WHEN renewal_flag = 'No' THEN 1 ELSE 0 END)::BIGINT AS renewal_no_count, /* count of move-outs: from a first contract */
  SUM(CASE WHEN renewal_flag IS NULL THEN 1 ELSE 0 END)::BIGINT AS renewal_unknown_count, /* count of move-outs: the source does not say */
  COUNT(DISTINCT moveout_reason_en)::BIGINT AS distinct_moveout_reasons /* count of different reasons, the unknown one left out */
FROM gold.moveout_analysis
GROUP BY
  moveout_date,
  rent_range,
  COALESCE(prefecture, 'Unknown'),
  tenant_type