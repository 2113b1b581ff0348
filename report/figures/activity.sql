-- Events of each day by type of tenant.
SELECT
  activity_date AS day,
  tenant_type AS type,
  contracts_signed_count AS signed,
  confirmed_moveins_count AS starts,
  confirmed_moveouts_count AS ends
FROM gold.daily_activity_summary
WHERE activity_date > :compared_since AND activity_date <= :as_of
ORDER BY activity_date, tenant_type
