-- Move-ins of each day by one group at a time: no row joins two facts of a tenant.
WITH moves AS (
  SELECT
    movein_date AS day,
    tenant_type AS type,
    municipality AS place,
    age_group,
    nationality,
    CAST(contract_channel AS CHAR) AS channel,
    lead_time_bucket,
    renewal_flag,
    rent_range
  FROM gold.movein_analysis
  WHERE movein_date > :shown_since AND movein_date <= :as_of
)
SELECT day, type, place, 'age_group' AS grouping_name, age_group AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, age_group
UNION ALL
SELECT day, type, place, 'nationality' AS grouping_name, nationality AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, nationality
UNION ALL
SELECT day, type, place, 'channel' AS grouping_name, channel AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, channel
UNION ALL
SELECT day, type, place, 'lead_time_bucket' AS grouping_name, lead_time_bucket AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, lead_time_bucket
UNION ALL
SELECT day, type, place, 'renewal_flag' AS grouping_name, renewal_flag AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, renewal_flag
UNION ALL
SELECT day, type, place, 'rent_range' AS grouping_name, rent_range AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, rent_range
ORDER BY 1, 2, 3, 4, 5
