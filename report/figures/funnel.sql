-- Applications of each day, and the move-ins that followed. The source has none since 2023, so no window is counted back from today.
SELECT
  activity_date AS day,
  tenant_type AS type,
  municipality AS place,
  nationality AS nation,
  application_count AS applications,
  movein_count AS moveins
FROM gold.funnel_application_to_movein_daily
ORDER BY activity_date, tenant_type, municipality, nationality
