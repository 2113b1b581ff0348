-- Move-ins of each day by one group at a time: no row joins two facts of a tenant.
SELECT movein_date AS day, tenant_type AS type, municipality AS place, 'age_group' AS grouping_name, age_group AS value, COUNT(*) AS count
FROM gold.movein_analysis WHERE movein_date > :shown_since AND movein_date <= :as_of
GROUP BY movein_date, tenant_type, municipality, age_group
UNION ALL
SELECT movein_date AS day, tenant_type AS type, municipality AS place, 'nationality' AS grouping_name, nationality AS value, COUNT(*) AS count
FROM gold.movein_analysis WHERE movein_date > :shown_since AND movein_date <= :as_of
GROUP BY movein_date, tenant_type, municipality, nationality
UNION ALL
SELECT movein_date AS day, tenant_type AS type, municipality AS place, 'channel' AS grouping_name, CAST(contract_channel AS CHAR) AS value, COUNT(*) AS count
FROM gold.movein_analysis WHERE movein_date > :shown_since AND movein_date <= :as_of
GROUP BY movein_date, tenant_type, municipality, CAST(contract_channel AS CHAR)
UNION ALL
SELECT movein_date AS day, tenant_type AS type, municipality AS place, 'lead_time_bucket' AS grouping_name, lead_time_bucket AS value, COUNT(*) AS count
FROM gold.movein_analysis WHERE movein_date > :shown_since AND movein_date <= :as_of
GROUP BY movein_date, tenant_type, municipality, lead_time_bucket
UNION ALL
SELECT movein_date AS day, tenant_type AS type, municipality AS place, 'renewal_flag' AS grouping_name, renewal_flag AS value, COUNT(*) AS count
FROM gold.movein_analysis WHERE movein_date > :shown_since AND movein_date <= :as_of
GROUP BY movein_date, tenant_type, municipality, renewal_flag
UNION ALL
SELECT movein_date AS day, tenant_type AS type, municipality AS place, 'rent_range' AS grouping_name, rent_range AS value, COUNT(*) AS count
FROM gold.movein_analysis WHERE movein_date > :shown_since AND movein_date <= :as_of
GROUP BY movein_date, tenant_type, municipality, rent_range
ORDER BY 1, 2, 3, 4, 5
