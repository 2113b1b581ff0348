-- Rents in the contracts signed on each day, in yen a month.
SELECT
  contract_date AS day,
  tenant_type AS type,
  municipality AS place,
  monthly_rent AS rent,
  COUNT(*) AS count
FROM gold.new_contracts
WHERE contract_date > :shown_since AND contract_date <= :as_of
GROUP BY contract_date, tenant_type, municipality, monthly_rent
ORDER BY contract_date, tenant_type, municipality, monthly_rent
