/* Applications and the move-ins that followed, by day of the application, municipality, nationality and tenant type. An application is an inquiry of the source, which has none since 2023. */
MODEL (
  name gold.funnel_application_to_movein_daily,
  kind VIEW,
  owner data_team,
  grain (activity_date, municipality, nationality, tenant_type),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (activity_date, municipality, nationality, tenant_type)),
    NOT_NULL(
      columns := (municipality, nationality, tenant_type, application_count, movein_count, application_to_movein_rate)
    ),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    AT_LEAST(column := application_count, minimum := 1),
    ACCEPTED_RANGE(column := application_to_movein_rate, min_v := 0, max_v := 1)
  )
);

/* Kind: VIEW, for it only regroups a small table. */
SELECT
  inquiry_date::DATE AS activity_date, /* day of the application (JST) */
  municipality::VARCHAR(128) AS municipality, /* ward or city of the contract's property, or unknown */
  nationality::VARCHAR(255) AS nationality, /* nationality of the tenant in Japanese, or unknown */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  COUNT(*)::BIGINT AS application_count, /* count of applications */
  SUM(is_moved_in)::BIGINT AS movein_count, /* count of those with a contract that starts on or after that day */
  @ratio(SUM(is_moved_in), COUNT(*), 4) AS application_to_movein_rate /* move-ins by applications, a share from 0 to 1 */
FROM silver.inquiry_contracts
GROUP BY
  inquiry_date,
  municipality,
  nationality,
  tenant_type