-- Move-ins and move-outs (contracts; a renewal is no move) of each day by property and type of tenant.
SELECT
  event_date AS day,
  event_type AS event,
  tenant_type AS type,
  municipality AS place,
  asset_id_hj AS asset,
  SUM(event_count) AS count
FROM gold.move_events
WHERE event_date > :compared_since AND event_date <= :as_of
GROUP BY event_date, event_type, tenant_type, municipality, asset_id_hj
ORDER BY event_date, event_type, tenant_type, municipality, asset_id_hj
