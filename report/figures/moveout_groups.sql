-- Move-outs of each day by one group at a time: no row joins two facts of a tenant.
SELECT moveout_date AS day, tenant_type AS type, municipality AS place, 'age_group' AS grouping_name, age_group AS value, COUNT(*) AS count
FROM gold.moveout_analysis WHERE moveout_date > :shown_since AND moveout_date <= :as_of
GROUP BY moveout_date, tenant_type, municipality, age_group
UNION ALL
SELECT moveout_date AS day, tenant_type AS type, municipality AS place, 'nationality' AS grouping_name, nationality AS value, COUNT(*) AS count
FROM gold.moveout_analysis WHERE moveout_date > :shown_since AND moveout_date <= :as_of
GROUP BY moveout_date, tenant_type, municipality, nationality
UNION ALL
SELECT moveout_date AS day, tenant_type AS type, municipality AS place, 'reason' AS grouping_name, moveout_reason_en AS value, COUNT(*) AS count
FROM gold.moveout_analysis WHERE moveout_date > :shown_since AND moveout_date <= :as_of
GROUP BY moveout_date, tenant_type, municipality, moveout_reason_en
UNION ALL
SELECT moveout_date AS day, tenant_type AS type, municipality AS place, 'tenure_category' AS grouping_name, tenure_category AS value, COUNT(*) AS count
FROM gold.moveout_analysis WHERE moveout_date > :shown_since AND moveout_date <= :as_of
GROUP BY moveout_date, tenant_type, municipality, tenure_category
UNION ALL
SELECT moveout_date AS day, tenant_type AS type, municipality AS place, 'rent_range' AS grouping_name, rent_range AS value, COUNT(*) AS count
FROM gold.moveout_analysis WHERE moveout_date > :shown_since AND moveout_date <= :as_of
GROUP BY moveout_date, tenant_type, municipality, rent_range
ORDER BY 1, 2, 3, 4, 5
