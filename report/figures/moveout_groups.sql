-- Move-outs of each day by one group at a time: no row joins two facts of a tenant.
WITH moves AS (
  SELECT
    moveout_date AS day,
    tenant_type AS type,
    municipality AS place,
    age_group,
    nationality,
    moveout_reason_en AS reason,
    tenure_category,
    rent_range
  FROM gold.moveout_analysis
  WHERE moveout_date > :shown_since AND moveout_date <= :as_of
)
SELECT day, type, place, 'age_group' AS grouping_name, age_group AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, age_group
UNION ALL
SELECT day, type, place, 'nationality' AS grouping_name, nationality AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, nationality
UNION ALL
SELECT day, type, place, 'reason' AS grouping_name, reason AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, reason
UNION ALL
SELECT day, type, place, 'tenure_category' AS grouping_name, tenure_category AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, tenure_category
UNION ALL
SELECT day, type, place, 'rent_range' AS grouping_name, rent_range AS value, COUNT(*) AS count FROM moves GROUP BY day, type, place, rent_range
ORDER BY 1, 2, 3, 4, 5
