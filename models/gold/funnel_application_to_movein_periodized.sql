/* Applications and the move-ins that followed, by day, week and month of the application, municipality, nationality and tenant type. */
MODEL (
  name gold.funnel_application_to_movein_periodized,
  kind VIEW,
  owner data_team,
  grain (period_grain, period_start, municipality, nationality, tenant_type),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (period_grain, period_start, municipality, nationality, tenant_type)),
    NOT_NULL(
      columns := (municipality, nationality, tenant_type, application_count, movein_count, application_to_movein_rate)
    ),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    AT_LEAST(column := application_count, minimum := 1),
    ACCEPTED_RANGE(column := application_to_movein_rate, min_v := 0, max_v := 1),
    ACCEPTED_VALUES(column := period_grain, is_in := ('daily', 'weekly', 'monthly'))
  )
);

/* Kind: VIEW, for it only regroups another mart. */
WITH periods AS (
  SELECT
    'daily' AS period_grain,
    activity_date AS period_start,
    municipality,
    nationality,
    tenant_type,
    application_count,
    movein_count
  FROM gold.funnel_application_to_movein_daily
  UNION ALL
  SELECT
    'weekly',
    @week_start(activity_date),
    municipality,
    nationality,
    tenant_type,
    application_count,
    movein_count
  FROM gold.funnel_application_to_movein_daily
  UNION ALL
  SELECT
    'monthly',
    @month_start(activity_date),
    municipality,
    nationality,
    tenant_type,
    application_count,
    movein_count
  FROM gold.funnel_application_to_movein_daily
)
SELECT
  period_grain::VARCHAR(16) AS period_grain, /* daily, weekly or monthly */
  period_start::DATE AS period_start, /* the day, the Monday of the week or the first of the month */
  municipality::VARCHAR(128) AS municipality, /* ward or city of the contract's property, or unknown */
  nationality::VARCHAR(255) AS nationality, /* nationality of the tenant in Japanese, or unknown */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  SUM(application_count)::BIGINT AS application_count, /* count of applications */
  SUM(movein_count)::BIGINT AS movein_count, /* count of those with a contract that starts on or after their day */
  @ratio(SUM(movein_count), SUM(application_count), 4) AS application_to_movein_rate /* move-ins by applications, a share from 0 to 1 */
FROM periods
GROUP BY
  period_grain,
  period_start,
  municipality,
  nationality,
  tenant_type