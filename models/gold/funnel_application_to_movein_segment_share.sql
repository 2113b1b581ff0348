/* Share of each municipality and each nationality in the applications and move-ins of a period and tenant type. */
MODEL (
  name gold.funnel_application_to_movein_segment_share,
  kind VIEW,
  owner data_team,
  grain (period_grain, period_start, tenant_type, segment_type, segment_value),
  audits (
    UNIQUE_COMBINATION_OF_COLUMNS(columns := (period_grain, period_start, tenant_type, segment_type, segment_value)),
    NOT_NULL(columns := (period_grain, period_start, segment_value, application_share, segment_rank)),
    ACCEPTED_VALUES(column := tenant_type, is_in := ('individual', 'corporate', 'unknown')),
    ACCEPTED_VALUES(column := segment_type, is_in := ('municipality', 'nationality')),
    ACCEPTED_RANGE(column := application_share, min_v := 0, max_v := 1),
    ACCEPTED_RANGE(column := movein_share, min_v := 0, max_v := 1)
  )
);

/* Kind: VIEW, for it only regroups another mart. */
WITH segments AS (
  SELECT
    period_grain,
    period_start,
    tenant_type,
    'municipality' AS segment_type,
    municipality AS segment_value,
    application_count,
    movein_count
  FROM gold.funnel_application_to_movein_periodized
  UNION ALL
  SELECT
    period_grain,
    period_start,
    tenant_type,
    'nationality',
    nationality,
    application_count,
    movein_count
  FROM gold.funnel_application_to_movein_periodized
), summed AS (
  SELECT
    period_grain,
    period_start,
    tenant_type,
    segment_type,
    segment_value,
    SUM(application_count) AS applications,
    SUM(movein_count) AS moveins
  FROM segments
  GROUP BY
    period_grain,
    period_start,
    tenant_type,
    segment_type,
    segment_value
), ranked AS (
  SELECT
    s.*,
    SUM(applications) OVER (PARTITION BY period_grain, period_start, tenant_type, segment_type) AS all_applications,
    SUM(moveins) OVER (PARTITION BY period_grain, period_start, tenant_type, segment_type) AS all_moveins,
    ROW_NUMBER() OVER (
      PARTITION BY period_grain, period_start, tenant_type, segment_type
      ORDER BY applications DESC, moveins DESC, segment_value
    ) AS place
  FROM summed AS s
)
SELECT
  period_grain::VARCHAR(16) AS period_grain, /* daily, weekly or monthly */
  period_start::DATE AS period_start, /* the day, the Monday of the week or the first of the month */
  tenant_type::VARCHAR(16) AS tenant_type, /* individual, corporate or unknown */
  segment_type::VARCHAR(16) AS segment_type, /* municipality or nationality */
  segment_value::VARCHAR(255) AS segment_value, /* which one, or unknown */
  applications::BIGINT AS application_count, /* count of applications */
  moveins::BIGINT AS movein_count, /* count of those with a contract that starts on or after their day */
  @ratio(applications, all_applications, 4) AS application_share, /* share of the period's and tenant type's applications, from 0 to 1 */
  @ratio(moveins, all_moveins, 4) AS movein_share, /* share of their move-ins, from 0 to 1; NULL where there are none */
  @ratio(moveins, applications, 4) AS application_to_movein_rate, /* move-ins by applications, a share from 0 to 1 */
  place::BIGINT AS segment_rank /* place by applications, then move-ins, then value, from 1 */
FROM ranked